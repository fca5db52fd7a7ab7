package main

import (
	"github.com/service-tracking/sts/graph"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/config"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/server"
	"github.com/service-tracking/sts/internal/server/gqlhttp"
)

// graphQL puts the API together.
func graphQL(s *system, w *workers, callers *server.Callers) *gqlhttp.Handler {
	recorder := &recording.Recorder{
		Store: s.store, Reference: s.reference, Planner: s.planner, Timely: s.timely, Clock: s.clock, OnCommit: w.nudge,
		OnOpened: s.claimWaiting,
	}
	schema := graph.New(graph.Options{
		Read:     read.New(s.store, s.reference, w.lookUps, s.timely, s.deadlines(), s.clock),
		Recorder: recorder,
		Desk:     s.desk(w),
		Hub:      w.hub,
		Reports:  &report.Reporter{Store: s.store, Reference: s.reference, Clock: s.clock},
		Section:  section(s.config.Section),
		Refresh:  callers.Refresh,
		End:      gqlhttp.EndWith,
		Clock:    s.clock,
	})
	return gqlhttp.New(schema, gqlhttp.Options{
		Log:            s.log,
		Bearer:         callers.Bearer,
		ConnectionInit: callers.ConnectionInit,
		OriginPatterns: s.config.Origins,
	})
}

func section(c config.Section) model.RegistrySection {
	optional := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return model.RegistrySection{
		Email: c.Email, Telephone: c.Telephone, Fax: c.Fax, HelpDesk: c.HelpDesk,
		Hours: optional(c.Hours), MaintenanceNotice: optional(c.Maintenance),
	}
}
