package model

// Recorded is what became of a recording mutation: A is the activity's type in
// the SDL, E the union of its errors.
type Recorded[A, E any] struct {
	Activity A
	Case     *RegistryCase
	Errors   []E
}

// The payloads of the SDL.
type (
	RecordServicePayload          Recorded[*Service, RecordServiceError]
	RecordAttemptPayload          Recorded[*Attempt, RecordAttemptError]
	RecordReceiptPayload          Recorded[*Receipt, RecordReceiptError]
	TransferProcessPayload        Recorded[*Transfer, TransferProcessError]
	RecordOtherInformationPayload Recorded[*OtherInformation, RecordOtherInformationError]
	AcknowledgeTransferPayload    Recorded[*Transfer, AcknowledgeTransferError]
	CorrectActivityPayload        Recorded[ServiceActivity, CorrectActivityError]
	WithdrawActivityPayload       Recorded[*Withdrawal, WithdrawActivityError]
	RecordManualEntryPayload      Recorded[ServiceActivity, RecordManualEntryError]
)

// As is the activity as the SDL type of its kind, where that is known.
func As[T ~struct{ *Activity }](a *Activity) *T {
	t := T{a}
	return &t
}
