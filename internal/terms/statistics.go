package terms

// StatisticsDimension is what service activities can be counted by.
type StatisticsDimension string

// The dimensions. What each means, exactly, is data of package report.
const (
	ByMonth            StatisticsDimension = "MONTH"
	ByQuarter          StatisticsDimension = "QUARTER"
	ByCalendarYear     StatisticsDimension = "CALENDAR_YEAR"
	ByFiscalYear       StatisticsDimension = "FISCAL_YEAR"
	ByCourtLocation    StatisticsDimension = "COURT_LOCATION"
	ByJudicialDistrict StatisticsDimension = "JUDICIAL_DISTRICT"
	ByCounty           StatisticsDimension = "COUNTY"
	ByOrderKind        StatisticsDimension = "ORDER_KIND"
	ByActivityKind     StatisticsDimension = "ACTIVITY_KIND"
	ByMethod           StatisticsDimension = "METHOD"
	ByReason           StatisticsDimension = "REASON"
	ByPoliceAssistance StatisticsDimension = "POLICE_ASSISTANCE"
	ByTimeliness       StatisticsDimension = "TIMELINESS"
	ByServedInTime     StatisticsDimension = "SERVED_IN_TIME"
	ByReportedVia      StatisticsDimension = "REPORTED_VIA"
	ByOfficer          StatisticsDimension = "OFFICER"
)

// AnnualBasis is which year the annual data are of.
type AnnualBasis string

// The calendar year, and the state's fiscal year, which begins on July 1 and is
// named by the year in which it ends.
const (
	CalendarYear AnnualBasis = "CALENDAR_YEAR"
	FiscalYear   AnnualBasis = "FISCAL_YEAR"
)

// DataGapKind is what a figure lacks.
type DataGapKind string

// The gaps. What each means is data of package report.
const (
	GapProvisional     DataGapKind = "PROVISIONAL_CASE"
	GapOrderKind       DataGapKind = "ORDER_KIND_UNKNOWN"
	GapDistrict        DataGapKind = "JUDICIAL_DISTRICT_UNKNOWN"
	GapCounty          DataGapKind = "COUNTY_UNKNOWN"
	GapServedInTime    DataGapKind = "SERVED_IN_TIME_UNKNOWN"
	GapIssuedAt        DataGapKind = "ISSUED_AT_UNKNOWN"
	GapPickedUpAt      DataGapKind = "PICKED_UP_AT_MISSING"
	GapNoOrder         DataGapKind = "NO_ORDER_KNOWN"
	GapOutcomeReason   DataGapKind = "OUTCOME_REASON_UNKNOWN"
	GapOutcome         DataGapKind = "OUTCOME_UNKNOWN"
	GapServiceRecorded DataGapKind = "SERVICE_RECORDED"
)
