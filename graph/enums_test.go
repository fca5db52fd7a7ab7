package graph_test

// enumPairs are the SDL enums whose values must be the constants of a type of
// internal/terms, and that type.
var enumPairs = map[string]string{
	"AccountStatus":       "AccountStatus",
	"ActivityKind":        "ActivityKind",
	"AgencyKind":          "AgencyKind",
	"AttemptOutcome":      "AttemptOutcome",
	"AttemptReason":       "AttemptReason",
	"ChannelKind":         "ChannelKind",
	"Confirmation":        "Confirmation",
	"DecisionKind":        "DecisionKind",
	"DeliveryState":       "DeliveryState",
	"DueRule":             "DueRule",
	"EntryVia":            "EntryVia",
	"ErrorCode":           "Code",
	"InformationAbout":    "InformationAbout",
	"NoticeReason":        "NoticeReason",
	"OfficerKind":         "OfficerKind",
	"OrderKind":           "OrderKind",
	"OrderOutcome":        "OrderOutcome",
	"OutcomeReason":       "OutcomeReason",
	"RecipientKind":       "RecipientKind",
	"Role":                "Role",
	"ServiceMethod":       "ServiceMethod",
	"ServiceStatus":       "ServiceStatus",
	"UnroutedReason":      "UnroutedReason",
	"WaitingFor":          "WaitingFor",
	"AnnualBasis":         "AnnualBasis",
	"DataGapKind":         "DataGapKind",
	"StatisticsDimension": "StatisticsDimension",
}
