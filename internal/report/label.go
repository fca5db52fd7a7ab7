package report

import (
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

// label is a key for people.
func (r *Reporter) label(by terms.StatisticsDimension, value *string) string {
	if value == nil {
		return "Not known"
	}
	switch by {
	case terms.ByOfficer:
		if o := r.Reference.Officer(terms.ID(*value)); o != nil {
			return casefile.OfficerName(o)
		}
		return *value
	case terms.ByCourtLocation:
		if c := r.Reference.Court(*value); c != nil {
			return c.Name
		}
		return *value
	case terms.ByJudicialDistrict, terms.ByCounty:
		return *value
	}
	if c := dimensions[by].calendar; c != nil {
		return c.label(*value)
	}
	return words(*value)
}
