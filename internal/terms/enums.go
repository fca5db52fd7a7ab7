package terms

// The coded values. They are plain strings: the GraphQL schema says which
// values exist, and the database stores them as they are spelled here.

// Role is what an account may do. An account can have several.
type Role string

// The roles. None of them is "everything": see package access.
const (
	RoleOfficer         Role = "OFFICER"
	RoleSupervisor      Role = "SUPERVISOR"
	RoleRegistryClerk   Role = "REGISTRY_CLERK"
	RoleRegistryManager Role = "REGISTRY_MANAGER"
	RoleCourtStaff      Role = "COURT_STAFF"
	RoleAnalyst         Role = "ANALYST"
)

// AccountStatus is the state of an account.
type AccountStatus string

// Accounts are active, locked for a while, or closed.
const (
	AccountActive AccountStatus = "ACTIVE"
	AccountLocked AccountStatus = "LOCKED"
	AccountClosed AccountStatus = "CLOSED"
)

// ActivityKind is what an officer recorded.
type ActivityKind string

// The kinds of service activity: §4 service, §5 attempt, §6 the rest.
const (
	KindService          ActivityKind = "SERVICE"
	KindAttempt          ActivityKind = "ATTEMPT"
	KindReceipt          ActivityKind = "RECEIPT"
	KindTransfer         ActivityKind = "TRANSFER"
	KindOtherInformation ActivityKind = "OTHER_INFORMATION"
	KindWithdrawal       ActivityKind = "WITHDRAWAL"
)

// ServiceMethod is how service was executed (§4(e)).
type ServiceMethod string

// In the respondent's hand, or left at the usual place of abode.
const (
	MethodHand  ServiceMethod = "HAND"
	MethodAbode ServiceMethod = "ABODE"
)

// AttemptReason is why service was not executed (§5(e)).
type AttemptReason string

// The reasons. OTHER needs a detail in words.
const (
	ReasonNoAnswer           AttemptReason = "NO_ANSWER"
	ReasonNotAtAddress       AttemptReason = "NOT_AT_ADDRESS"
	ReasonAddressIncomplete  AttemptReason = "ADDRESS_INCOMPLETE"
	ReasonEvading            AttemptReason = "EVADING"
	ReasonNoSafeAccess       AttemptReason = "NO_SAFE_ACCESS"
	ReasonOutOfState         AttemptReason = "OUT_OF_STATE"
	ReasonInCustody          AttemptReason = "IN_CUSTODY"
	ReasonHospitalized       AttemptReason = "HOSPITALIZED"
	ReasonReceivedTooLate    AttemptReason = "RECEIVED_TOO_LATE"
	ReasonPoliceNotAvailable AttemptReason = "POLICE_NOT_AVAILABLE"
	ReasonOther              AttemptReason = "OTHER"
)

// ServiceStatus is where a registry case stands.
type ServiceStatus string

// NO_ENTRY means: no service, and no attempt since the current hearing was set.
const (
	StatusNoEntry   ServiceStatus = "NO_ENTRY"
	StatusAttempted ServiceStatus = "ATTEMPTED"
	StatusServed    ServiceStatus = "SERVED"
)

// OrderKind is the statute under which the order was asked for.
type OrderKind string

// C.G.S. §46b-15 and §46b-16a.
const (
	ReliefFromAbuse      OrderKind = "RELIEF_FROM_ABUSE"
	CivilProtectionOrder OrderKind = "CIVIL_PROTECTION_ORDER"
)

// OrderOutcome is how an order ended, or that it was granted after hearing.
type OrderOutcome string

// Only GRANTED leaves an order in force.
const (
	OutcomeGranted   OrderOutcome = "GRANTED"
	OutcomeDenied    OrderOutcome = "DENIED"
	OutcomeWithdrawn OrderOutcome = "WITHDRAWN"
	OutcomeDismissed OrderOutcome = "DISMISSED"
	OutcomeExpired   OrderOutcome = "EXPIRED"
)

// OutcomeReason says why an order ended (C.G.S. §46b-15e(b)(5) asks).
type OutcomeReason string

// The respondent could not be served, or anything else.
const (
	OutcomeNotServed OutcomeReason = "NOT_SERVED"
	OutcomeOther     OutcomeReason = "OTHER"
)

// OfficerKind tells state marshals from other proper officers.
type OfficerKind string

// C.G.S. §6-38a, and §2(e) of the policy.
const (
	StateMarshal       OfficerKind = "STATE_MARSHAL"
	OtherProperOfficer OfficerKind = "OTHER_PROPER_OFFICER"
)

// AgencyKind is the kind of a law enforcement agency.
type AgencyKind string

// The kinds.
const (
	MunicipalPolice AgencyKind = "MUNICIPAL_POLICE"
	StatePolice     AgencyKind = "STATE_POLICE"
	CampusPolice    AgencyKind = "CAMPUS_POLICE"
	TribalPolice    AgencyKind = "TRIBAL_POLICE"
)

// ChannelKind is a way to reach a recipient.
type ChannelKind string

// SPOOL writes files into a directory; SWITCH is the order-file switch; FILED
// only files (the demonstration year); IN_APP is read in the app.
const (
	ChannelSpool  ChannelKind = "SPOOL"
	ChannelFax    ChannelKind = "FAX"
	ChannelMail   ChannelKind = "MAIL"
	ChannelSwitch ChannelKind = "SWITCH"
	ChannelInApp  ChannelKind = "IN_APP"
)

// RecipientKind is who a delivery is for.
type RecipientKind string

// The recipients (§3(d), (e), (f)); accounts get reminders.
const (
	ToAgency       RecipientKind = "LAW_ENFORCEMENT_AGENCY"
	ToStateFile    RecipientKind = "STATE_PROTECTION_ORDER_FILE"
	ToNationalFile RecipientKind = "NATIONAL_PROTECTION_ORDER_FILE"
	ToAccount      RecipientKind = "ACCOUNT"
)

// NoticeReason is why an agency is told (§3(d)).
type NoticeReason string

// The address that lies in the agency's area.
const (
	RespondentHome      NoticeReason = "RESPONDENT_HOME"
	ProtectedPersonHome NoticeReason = "PROTECTED_PERSON_HOME"
	ProtectedPersonWork NoticeReason = "PROTECTED_PERSON_WORK"
)

// DeliveryState is where a delivery stands. docs/deliveries.md draws it.
type DeliveryState string

// The states. CONFIRMED, FAILED, ABANDONED and SUPERSEDED need no more work
// from the dispatcher; UNKNOWN is reconciled before anything is sent again.
const (
	Waiting    DeliveryState = "WAITING"
	Pending    DeliveryState = "PENDING"
	Sending    DeliveryState = "SENDING"
	Sent       DeliveryState = "SENT"
	Confirmed  DeliveryState = "CONFIRMED"
	Retrying   DeliveryState = "RETRYING"
	Unknown    DeliveryState = "UNKNOWN"
	Failed     DeliveryState = "FAILED"
	Abandoned  DeliveryState = "ABANDONED"
	Superseded DeliveryState = "SUPERSEDED"
)

// AttemptOutcome is how one delivery attempt ended.
type AttemptOutcome string

// OPEN: begun, and nothing is known yet.
const (
	AttemptOpen      AttemptOutcome = "OPEN"
	AttemptSent      AttemptOutcome = "SENT"
	AttemptConfirmed AttemptOutcome = "CONFIRMED"
	AttemptRefused   AttemptOutcome = "REFUSED"
	AttemptNotSent   AttemptOutcome = "NOT_SENT"
	AttemptUnknown   AttemptOutcome = "UNKNOWN"
)

// WaitingFor is what a delivery that cannot go yet waits for.
type WaitingFor string

// A file update waits for the file number of its record; the national one is
// forwarded by the state switch.
const (
	WaitsForFileNumber WaitingFor = "FILE_NUMBER"
	WaitsForOriginal   WaitingFor = "ORIGINAL"
	WaitsForStateFile  WaitingFor = "STATE_FILE"
)

// UnroutedReason is why an address led to no agency.
type UnroutedReason string

// What a person of the registry section must look at.
const (
	UnroutedOutOfState  UnroutedReason = "OUT_OF_STATE"
	UnroutedUnknownTown UnroutedReason = "UNKNOWN_TOWN"
	UnroutedNoAgency    UnroutedReason = "NO_AGENCY"
	UnroutedNoAddress   UnroutedReason = "NO_ADDRESS"
)

// EntryVia is how an officer reported what the registry entered (§7).
type EntryVia string

// The ways in of §7(b).
const (
	ViaEmail     EntryVia = "EMAIL"
	ViaTelephone EntryVia = "TELEPHONE"
	ViaFax       EntryVia = "FAX"
	ViaInPerson  EntryVia = "IN_PERSON"
)

// InformationAbout is what other information is about (§6(c)).
type InformationAbout string

// The subjects.
const (
	AboutRespondentAddress   InformationAbout = "RESPONDENT_ADDRESS"
	AboutRespondentBirthDate InformationAbout = "RESPONDENT_BIRTH_DATE"
	AboutOther               InformationAbout = "OTHER"
)

// DueRule is a clock that runs out (§4 to §6).
type DueRule string

// The clocks. The first three are about a hearing, the others about a transfer
// and a delivery.
const (
	// DuePastTimely: the last day for timely service has passed, unserved (§5(c)).
	DuePastTimely DueRule = "PAST_LAST_TIMELY_DAY"
	// DueHearingNear: the hearing is tomorrow or today, §5(b) is not met.
	DueHearingNear DueRule = "HEARING_NEAR"
	// DueHearingPassed: the hearing has passed, §5(b) is not met.
	DueHearingPassed DueRule = "HEARING_PASSED"
	// DueAcknowledgement: a transfer is not acknowledged after a day (§6(b)).
	DueAcknowledgement DueRule = "TRANSFER_UNACKNOWLEDGED"
	// DueDelivery: a delivery is past its deadline (§3(d) to (f)).
	DueDelivery DueRule = "DELIVERY_OVERDUE"
)

// TransferWork is why somebody must look at a transfer (§6(b)).
type TransferWork string

// The receiver has not acknowledged it; is not on the list of officers, or not
// active; or a correction or an entry out of order made it contradict what stands
// before it.
const (
	TransferUnacknowledged TransferWork = "UNACKNOWLEDGED"
	TransferNotListed      TransferWork = "RECEIVER_NOT_LISTED"
	TransferInconsistent   TransferWork = "INCONSISTENT"
)

// DecisionKind is what a person decided about a delivery.
type DecisionKind string

// Abandoning a record for the order files takes two people: one proposes.
const (
	DecideRetry          DecisionKind = "RETRY"
	DecideConfirm        DecisionKind = "CONFIRM"
	DecideProposeAbandon DecisionKind = "PROPOSE_ABANDON"
	DecideAbandon        DecisionKind = "ABANDON"
)

// Confirmation is a warning that the one who records has read.
type Confirmation string

// The warnings that can be confirmed.
const (
	ConfirmBeforeCaseExisted  Confirmation = "BEFORE_CASE_EXISTED"
	ConfirmAlreadyServed      Confirmation = "ALREADY_SERVED"
	ConfirmRespondentMismatch Confirmation = "RESPONDENT_MISMATCH"
	ConfirmOfficerNotListed   Confirmation = "OFFICER_NOT_LISTED"
)

// RecordKind is what a journal record tells.
type RecordKind string

// The kinds of journal record. Those that a subscription shows are events.
const (
	ActivityRecorded     RecordKind = "ACTIVITY_RECORDED"
	ProcessTransferred   RecordKind = "PROCESS_TRANSFERRED"   // instead, for a transfer
	ActivityCorrected    RecordKind = "ACTIVITY_CORRECTED"    // instead, for a correction or a withdrawal
	TransferAcknowledged RecordKind = "TRANSFER_ACKNOWLEDGED" // about the transfer
	BecameOverdue        RecordKind = "BECAME_OVERDUE"        // about the due item
	DeliveryChanged      RecordKind = "DELIVERY_CHANGED"
	DeliveryDecided      RecordKind = "DELIVERY_DECIDED"
	ActivityReviewed     RecordKind = "ACTIVITY_REVIEWED"
	AgencyAssigned       RecordKind = "AGENCY_ASSIGNED"
	AgencyContactSet     RecordKind = "AGENCY_CONTACT_SET"
	CaseOpened           RecordKind = "CASE_OPENED"
	CaseChanged          RecordKind = "CASE_CHANGED"
	OrderFactsChanged    RecordKind = "ORDER_FACTS_CHANGED"
	HearingChanged       RecordKind = "HEARING_CHANGED"
	CaseLookedUp         RecordKind = "CASE_LOOKED_UP"
	TokenIssued          RecordKind = "TOKEN_ISSUED"
	AccountCreated       RecordKind = "ACCOUNT_CREATED"
	DatabaseRestored     RecordKind = "DATABASE_RESTORED"
)
