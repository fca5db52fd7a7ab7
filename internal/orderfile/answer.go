package orderfile

import (
	"fmt"
	"time"
)

// File is one of the two protection order files, by the name that it has in
// messages.
type File string

// The files of §3(e) and §3(f).
const (
	StateFile    File = "STATE"
	NationalFile File = "NATNL"
)

// AnswerKind is what the switch said.
type AnswerKind string

// The kinds. A record (REC) reaches the handler of answers only when it answers
// no inquiry of this process; what could not be read has no kind and is kept
// raw.
const (
	Acknowledged AnswerKind = "ACK"
	Rejected     AnswerKind = "REJ"
	RecordShown  AnswerKind = "REC"
	StatusTold   AnswerKind = "STS"
	Unreadable   AnswerKind = ""
)

// Answer is one message of the switch to us. The same one can come twice, and
// those of the two files in either order.
type Answer struct {
	ControlNumber ControlNumber // of the message that it answers; empty in a status
	Kind          AnswerKind
	File          File      // who acknowledged, rejected, or is in or out of service
	Code          Code      // of a rejection or a status
	Text          string    // of a rejection or a status, for people; why it could not be read
	RecordNumber  string    // NIC, if told
	Sequence      string    // of the change in the file's own count (SEQ), if told
	At            time.Time // when the file says it happened (TIM), to the second; zero if not told
	Record        *Record   // of a RecordShown
	Raw           string    // the body as it came: the evidence
}

// Record is what a file answered to an inquiry.
type Record struct {
	File         File
	OnFile       bool // false: the file has no such record (R02)
	RecordNumber string
	Name         string
	Values       ServiceValues
	Sequence     string    // of the last change (SEQ)
	LastUpdated  time.Time // of the last change (DLU), to the second; zero: never, or not told
	Raw          string
}

// ParseAnswer reads a body that came from the switch. An error means that the
// answer is only good for keeping: it then has Kind [Unreadable] and Raw.
func (p Profile) ParseAnswer(body []byte) (Answer, error) {
	unreadable := Answer{Raw: string(body)}
	m, err := ParseMessage(body)
	if err != nil {
		return unreadable, err
	}
	a := Answer{
		ControlNumber: m.ControlNumber,
		Kind:          AnswerKind(m.Key),
		File:          File(m.From),
		Code:          Code(m.Fields.value("COD")),
		Text:          m.Fields.value("TXT"),
		RecordNumber:  m.Fields.value("NIC"),
		Sequence:      m.Fields.value("SEQ"),
		Raw:           string(body),
	}
	if about, ok := m.Fields.Get("FILE"); ok {
		a.File = File(about) // the state switch speaks for the national file
	}
	if a.File != StateFile && a.File != NationalFile {
		return unreadable, fmt.Errorf("%w: it speaks of a file %q", ErrBadMessage, a.File)
	}
	if a.At, err = parseInstant(m.Fields, "TIM"); err != nil {
		return unreadable, err
	}
	switch a.Kind {
	case Acknowledged, Rejected, StatusTold:
	case RecordShown:
		updated, err := parseInstant(m.Fields, "DLU")
		if err != nil {
			return unreadable, err
		}
		a.Record = &Record{
			File: a.File, OnFile: true, RecordNumber: a.RecordNumber, Name: m.Fields.value("NAM"),
			Values:   p.values(m.Fields),
			Sequence: a.Sequence, LastUpdated: updated, Raw: a.Raw,
		}
	default:
		return unreadable, fmt.Errorf("%w: key %q is no answer", ErrBadMessage, m.Key)
	}
	return a, nil
}

func (p Profile) values(fields Fields) ServiceValues {
	v := ServiceValues{Code: fields.value("SVC"), Date: fields.value("SVD")}
	if p.TimeTag != "" {
		v.Time = fields.value(p.TimeTag)
	}
	return v
}

func parseInstant(fields Fields, tag string) (time.Time, error) {
	text := fields.value(tag)
	if text == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(instantLayout, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %s is no instant", ErrBadMessage, tag)
	}
	return t, nil
}
