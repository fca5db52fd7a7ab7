package model

// Edge is one element of a page. The edge types of the SDL are made of it.
type Edge[N any] struct {
	Cursor string
	Node   N
}

// Connection is a page of a list of N, E being its edge type.
type Connection[N any, E ~struct {
	Cursor string
	Node   N
}] struct {
	Edges      []E
	Nodes      []N
	PageInfo   PageInfo
	TotalCount int
}

// PageInfo says where a page stands in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// The connections of the SDL.
type (
	RegistryCaseEdge               Edge[*RegistryCase]
	RegistryCaseConnection         Connection[*RegistryCase, RegistryCaseEdge]
	ServiceActivityEdge            Edge[ServiceActivity]
	ServiceActivityConnection      Connection[ServiceActivity, ServiceActivityEdge]
	DeliveryEdge                   Edge[*Delivery]
	DeliveryConnection             Connection[*Delivery, DeliveryEdge]
	DeliveryAttemptEdge            Edge[*DeliveryAttempt]
	DeliveryAttemptConnection      Connection[*DeliveryAttempt, DeliveryAttemptEdge]
	ReminderEdge                   Edge[*Reminder]
	ReminderConnection             Connection[*Reminder, ReminderEdge]
	OfficerEdge                    Edge[*Officer]
	OfficerConnection              Connection[*Officer, OfficerEdge]
	LawEnforcementAgencyEdge       Edge[*LawEnforcementAgency]
	LawEnforcementAgencyConnection Connection[*LawEnforcementAgency, LawEnforcementAgencyEdge]
	UnroutedAddressEdge            Edge[*UnroutedAddress]
	UnroutedAddressConnection      Connection[*UnroutedAddress, UnroutedAddressEdge]
	CalendarEntryEdge              Edge[*CalendarEntry]
	CalendarEntryConnection        Connection[*CalendarEntry, CalendarEntryEdge]
)
