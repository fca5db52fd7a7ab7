package orderfile

import "time"

// Verdict is what an inquiry proves about an attempt whose end is unknown.
type Verdict string

// The verdicts.
const (
	// ConfirmedByInquiry: the record says what we wanted it to say.
	ConfirmedByInquiry Verdict = "CONFIRMED_BY_INQUIRY"
	// SendAgain: the attempt changed nothing. The same update, under the same
	// control number, may be sent again. For the national file this means:
	// again to the state switch, which forwards; we never write there.
	SendAgain Verdict = "SEND_AGAIN"
	// SomebodyElseWrote: the record was changed since, to something else. A
	// person decides; writing over it could undo a later truth.
	SomebodyElseWrote Verdict = "SOMEBODY_ELSE_WROTE"
	// NotInFile: there is no such record (as a rejection with R02).
	NotInFile Verdict = "NOT_IN_FILE"
	// NoAnswer: the file did not answer; the attempt stays unknown.
	NoAnswer Verdict = "NO_ANSWER"
)

// Known is what we know of the attempt before we look at the reply.
type Known struct {
	File           File
	AttemptStarted time.Time     // of the first attempt whose end is unknown
	Values         ServiceValues // that it tried to write
	// LastSequence is the SEQ of the last change that we know of: of an
	// acknowledgement or of an earlier inquiry. Empty: none is known.
	LastSequence string
	// Skew is how far the file's clock may be behind ours. Too much sends a
	// case to a person, too little could write over somebody's change.
	Skew time.Duration
}

// Finding is a verdict with its evidence.
type Finding struct {
	Verdict Verdict
	// Ours, of a confirmation: the record was changed by this attempt, as far
	// as its time tells. False: it was already so.
	Ours   bool
	Record *Record // the reply it rests on; nil for NoAnswer
}

// Reconcile decides, from the replies to an inquiry made after the attempt,
// what became of it. Answers that the switch kept come first: ask only when
// they have been taken in and none settled the matter.
func Reconcile(k Known, replies []Record) Finding {
	var reply *Record
	for i := range replies {
		if replies[i].File == k.File {
			reply = &replies[i]
		}
	}
	switch {
	case reply == nil:
		return Finding{Verdict: NoAnswer}
	case !reply.OnFile:
		return Finding{Verdict: NotInFile, Record: reply}
	case reply.Values.in(k.File) == k.Values.in(k.File):
		return Finding{Verdict: ConfirmedByInquiry, Ours: !changedBefore(k, reply), Record: reply}
	case changedBefore(k, reply):
		return Finding{Verdict: SendAgain, Record: reply}
	default:
		return Finding{Verdict: SomebodyElseWrote, Record: reply}
	}
}

// changedBefore says that the record's last change surely came before the
// attempt. The file tells seconds, so the attempt counts from its full second.
func changedBefore(k Known, reply *Record) bool {
	if k.LastSequence != "" && reply.Sequence == k.LastSequence {
		return true
	}
	return reply.LastUpdated.Before(k.AttemptStarted.Truncate(time.Second).Add(-k.Skew))
}
