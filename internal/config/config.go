package config

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"
)

// Config is everything that can be set. Secrets never stand on a command line:
// the database URL has an environment variable.
type Config struct {
	// Data is the directory of everything this machine keeps: the SQLite file,
	// the signing key, the spool, the simulator's files. STS_DATA.
	Data string
	// Database is "sqlite:PATH" or "mysql:DSN"; empty means sts.db in Data.
	// STS_DATABASE.
	Database string
	// Listen is where to serve HTTP. STS_LISTEN.
	Listen string
	// Origins are the web origins whose pages may call the API, besides its
	// own. STS_ORIGINS, separated by commas.
	Origins List
	// Switch is the address of the order-file switch, host:port; empty means
	// the built-in simulator. STS_SWITCH.
	Switch string
	// SwitchUser is who we are to the switch. STS_SWITCH_USER.
	SwitchUser string
	// SwitchORI is the ORI on whose behalf the order files keep the records.
	// The true one is the court's to give. STS_SWITCH_ORI.
	SwitchORI string
	// TimeTag is the tag by which the state file takes the time of service;
	// "none" sends no time. STS_TIME_TAG.
	TimeTag string
	// Demo fills an empty database with the demonstration year. STS_DEMO.
	Demo bool
	// DemoCases is how many cases that year has. STS_DEMO_CASES.
	DemoCases int
	// DaysRestraining and DaysCivil are how many calendar days before the
	// hearing service must be executed (§5(c)). STS_DAYS_46B15, STS_DAYS_46B16A.
	DaysRestraining, DaysCivil int
	// AcknowledgeBy is how long after a transfer its receiver has time to
	// acknowledge it (§6(b) sets none). STS_ACKNOWLEDGE_BY.
	AcknowledgeBy time.Duration
	// LookBack is how far back what became due is looked for: how long the
	// system may be down and still notice everything. STS_LOOK_BACK.
	LookBack time.Duration
	// PoliceBy, StateBy, NationalBy are the deadlines after which an
	// unsettled delivery raises an alarm.
	PoliceBy, StateBy, NationalBy time.Duration
	// MemoryLimit is how far the Go heap may grow before it is collected, in
	// MiB, in place of GOGC. Where what is alive needs more, it is raised.
	// STS_MEMORY_MIB.
	MemoryLimit int
	// Section is the registry section, as registrySection tells it (§3(a), §7).
	Section Section
}

// Section is how the registry section is reached. The defaults are those of
// the policy's §3(a) and §7(d).
type Section struct {
	Email, Telephone, Fax, HelpDesk, Hours, Maintenance string
}

// List is a flag of several values, separated by commas.
type List []string

func (l *List) String() string { return strings.Join(*l, ",") }

// Set replaces the list.
func (l *List) Set(s string) error {
	*l = nil
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			*l = append(*l, v)
		}
	}
	return nil
}

// setting is one value: its flag, its environment variable, its meaning.
type setting struct {
	flag, env, usage string
	bind             func(*flag.FlagSet, *Config, string, string)
}

func text(at func(*Config) *string, fallback string) func(*flag.FlagSet, *Config, string, string) {
	return func(f *flag.FlagSet, c *Config, name, usage string) { f.StringVar(at(c), name, fallback, usage) }
}

func number(at func(*Config) *int, fallback int) func(*flag.FlagSet, *Config, string, string) {
	return func(f *flag.FlagSet, c *Config, name, usage string) { f.IntVar(at(c), name, fallback, usage) }
}

func duration(at func(*Config) *time.Duration, fallback time.Duration) func(*flag.FlagSet, *Config, string, string) {
	return func(f *flag.FlagSet, c *Config, name, usage string) { f.DurationVar(at(c), name, fallback, usage) }
}

// common are the settings of every subcommand, serving those of serve besides.
var (
	common = []setting{
		{"data", "STS_DATA", "directory of everything kept on this machine", text(func(c *Config) *string { return &c.Data }, "data")},
		{"database", "STS_DATABASE", "sqlite:PATH or mysql:DSN (default sts.db in the data directory; keep a DSN with a password in the environment)", text(func(c *Config) *string { return &c.Database }, "")},
		{"days-46b15", "STS_DAYS_46B15", "calendar days before the hearing by which a restraining order must be served (§5(c); C.G.S. §46b-15 by Public Act 16-34)", number(func(c *Config) *int { return &c.DaysRestraining }, 3)},
		{"days-46b16a", "STS_DAYS_46B16A", "the same for a civil protection order (C.G.S. §46b-16a)", number(func(c *Config) *int { return &c.DaysCivil }, 5)},
		{"acknowledge-by", "STS_ACKNOWLEDGE_BY", "time in which a transfer is to be acknowledged (§6(b))", duration(func(c *Config) *time.Duration { return &c.AcknowledgeBy }, 24*time.Hour)},
		{"look-back", "STS_LOOK_BACK", "how far back to look for what became due while nothing ran", duration(func(c *Config) *time.Duration { return &c.LookBack }, 60*24*time.Hour)},
		{"police-by", "STS_POLICE_BY", "alarm when an agency has not been told after", duration(func(c *Config) *time.Duration { return &c.PoliceBy }, 5*time.Minute)},
		{"state-by", "STS_STATE_BY", "alarm when the state file has not confirmed after", duration(func(c *Config) *time.Duration { return &c.StateBy }, 5*time.Minute)},
		{"national-by", "STS_NATIONAL_BY", "alarm when the national file has not confirmed after", duration(func(c *Config) *time.Duration { return &c.NationalBy }, 15*time.Minute)},
	}
	serving = []setting{
		{"listen", "STS_LISTEN", "address to serve on", text(func(c *Config) *string { return &c.Listen }, "127.0.0.1:8080")},
		{"origins", "STS_ORIGINS", "web origins that may call the API, separated by commas", func(f *flag.FlagSet, c *Config, name, usage string) { f.Var(&c.Origins, name, usage) }},
		{"switch", "STS_SWITCH", "host:port of the order-file switch (default: a simulator in this process)", text(func(c *Config) *string { return &c.Switch }, "")},
		{"switch-user", "STS_SWITCH_USER", "our name at the switch", text(func(c *Config) *string { return &c.SwitchUser }, "STSDISP")},
		{"switch-ori", "STS_SWITCH_ORI", "ORI on whose behalf the order files keep the records", text(func(c *Config) *string { return &c.SwitchORI }, "CT018015J")},
		{"time-tag", "STS_TIME_TAG", "tag of the time of service in the state file's messages, or none", text(func(c *Config) *string { return &c.TimeTag }, "SVT")},
		{"demo", "STS_DEMO", "fill an empty database with a demonstration year", func(f *flag.FlagSet, c *Config, name, usage string) { f.BoolVar(&c.Demo, name, false, usage) }},
		{"demo-cases", "STS_DEMO_CASES", "cases of the demonstration year", number(func(c *Config) *int { return &c.DemoCases }, 1500)},
		{"memory-mib", "STS_MEMORY_MIB", "memory limit of the Go heap in MiB", number(func(c *Config) *int { return &c.MemoryLimit }, 512)},
		{"section-email", "STS_SECTION_EMAIL", "the registry section's e-mail address", text(func(c *Config) *string { return &c.Section.Email }, "justice.support@jud.ct.gov")},
		{"section-telephone", "STS_SECTION_TELEPHONE", "its telephone", text(func(c *Config) *string { return &c.Section.Telephone }, "877-312-7807")},
		{"section-fax", "STS_SECTION_FAX", "its fax; the policy prints one digit too few", text(func(c *Config) *string { return &c.Section.Fax }, "860-610-480")},
		{"section-help-desk", "STS_SECTION_HELP_DESK", "telephone of the help desk for computer problems", text(func(c *Config) *string { return &c.Section.HelpDesk }, "860-282-6555")},
		{"section-hours", "STS_SECTION_HOURS", "when the registry section answers", text(func(c *Config) *string { return &c.Section.Hours }, "around the clock, within available resources")},
		{"maintenance", "STS_MAINTENANCE", "a notice to everyone, such as of planned maintenance", text(func(c *Config) *string { return &c.Section.Maintenance }, "")},
	}
)

// Flags declares the settings of a subcommand, those of serve if serve is true.
// Parse the flag set, then call [Config.Complete].
func Flags(f *flag.FlagSet, serve bool) *Config {
	c := new(Config)
	for _, s := range settings(serve) {
		s.bind(f, c, s.flag, s.usage+" ["+s.env+"]")
	}
	return c
}

func settings(serve bool) []setting {
	if !serve {
		return common
	}
	return append(append([]setting(nil), common...), serving...)
}

// Complete takes from the environment what no flag gave, and checks everything.
func (c *Config) Complete(f *flag.FlagSet, getenv func(string) string) error {
	given := map[string]bool{}
	f.Visit(func(fl *flag.Flag) { given[fl.Name] = true })
	var errs []error
	serve := f.Lookup("listen") != nil
	for _, s := range settings(serve) {
		if v := getenv(s.env); v != "" && !given[s.flag] {
			if err := f.Set(s.flag, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", s.env, err))
			}
		}
	}
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		errs = append(errs, fmt.Errorf("the data directory: %w", err))
	}
	if c.Database == "" {
		c.Database = "sqlite:" + filepath.Join(c.Data, "sts.db")
	}
	if c.TimeTag == "none" {
		c.TimeTag = ""
	}
	if c.DaysRestraining < 0 || c.DaysCivil < 0 {
		errs = append(errs, errors.New("days before the hearing cannot be negative"))
	}
	if serve {
		errs = append(errs, c.checkServing()...)
	}
	return errors.Join(errs...)
}

func (c *Config) checkServing() []error {
	var errs []error
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		errs = append(errs, fmt.Errorf("the address to listen on must be host:port, such as 127.0.0.1:8080: %w", err))
	}
	for _, d := range []time.Duration{c.PoliceBy, c.StateBy, c.NationalBy, c.AcknowledgeBy} {
		if d <= 0 {
			errs = append(errs, errors.New("deadlines must be longer than nothing"))
		}
	}
	if c.LookBack < 7*24*time.Hour {
		errs = append(errs, errors.New("what became due must be looked for a week back at least"))
	}
	if c.DemoCases < 1 {
		errs = append(errs, errors.New("the demonstration year needs cases"))
	}
	if c.MemoryLimit < 64 {
		errs = append(errs, errors.New("the memory limit must be at least 64 MiB"))
	}
	return errs
}
