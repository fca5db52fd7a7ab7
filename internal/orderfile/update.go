package orderfile

import (
	"fmt"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// MessageKey says what a message asks the switch to do.
type MessageKey string

// The keys. ZPO, unlike QPO, tells no other agency that somebody asked.
// Cancel and clear are never sent from here: a service ends no order.
const (
	ModifyOrder          MessageKey = "MPO"
	ModifyTemporaryOrder MessageKey = "MTO"
	InquireOrder         MessageKey = "ZPO"
)

// The forms of dates and times in messages.
const (
	dateLayout    = "20060102"
	timeLayout    = "1504"
	instantLayout = "20060102T150405Z"
)

// Profile is what differs from switch to switch and is not public, so it is
// configuration, with its source noted there.
type Profile struct {
	// User is our name at the switch (USR): 4 to 15 letters and digits.
	User string
	// TimeTag is the tag of the time of service, HHMM in court time. Empty:
	// the switch has no such field, and the time is not sent.
	TimeTag string
	// ServedCode and NotServedCode are values of SVC.
	ServedCode, NotServedCode string
}

// DefaultProfile is what the simulator speaks. Every value is our proposal.
func DefaultProfile() Profile {
	return Profile{User: "STSDISP", TimeTag: "SVT", ServedCode: "1", NotServedCode: "2"}
}

// ServiceValues is what a record says about service.
type ServiceValues struct {
	Code string // SVC
	Date string // SVD, YYYYMMDD in the court's zone; empty: none
	Time string // HHMM in the court's zone; empty: none, or the file has no field for it
}

// Served gives the values for a service executed at the instant given
// (§3(e): date and time of service). In the hour that autumn repeats, the
// time alone does not tell which of the two was meant; the notice to police
// does.
func (p Profile) Served(executedAt time.Time) ServiceValues {
	local := executedAt.In(terms.CourtZone)
	v := ServiceValues{Code: p.ServedCode, Date: local.Format(dateLayout)}
	if p.TimeTag != "" {
		v.Time = local.Format(timeLayout)
	}
	return v
}

// NotServed gives the values that take a service back: the code says so, date
// and time are cleared.
func (p Profile) NotServed() ServiceValues { return ServiceValues{Code: p.NotServedCode} }

// in is what the values look like in a file: the national one has no time.
func (v ServiceValues) in(file File) ServiceValues {
	if file == NationalFile {
		v.Time = ""
	}
	return v
}

// Update sets what the record of one order says about service. Its values are
// fixed, not relative, so that a repeated one does no harm. MIS is never
// written: it may hold conditions of the order.
type Update struct {
	ControlNumber ControlNumber
	Key           MessageKey // ModifyOrder or ModifyTemporaryOrder
	ORI           string     // of the agency on whose behalf the record is kept: nine letters and digits
	RecordNumber  string     // NIC, the number of the record in the file
	Name          string     // NAM as the order file holds it: see OrderName
	Values        ServiceValues
}

// FieldError says that a value cannot be sent as it is: a person must correct
// it, trying again is useless. It is an [ErrNotSent] as well. The tag is empty
// when the fault lies in what is configured, not in one value.
type FieldError struct{ Tag, Reason string }

func (e *FieldError) Error() string { return strings.TrimSpace("field "+e.Tag) + ": " + e.Reason }

// Is makes a FieldError an ErrNotSent.
func (*FieldError) Is(target error) bool { return target == ErrNotSent }

// Encode writes the update's body, the same bytes for the same update: the
// caller may keep their hash. What cannot be written is a [*FieldError].
func (p Profile) Encode(u Update) ([]byte, error) {
	if u.Key != ModifyOrder && u.Key != ModifyTemporaryOrder {
		return nil, &FieldError{"MKE", fmt.Sprintf("%q does not modify an order", u.Key)}
	}
	name, err := Fold(u.Name)
	if err != nil {
		return nil, &FieldError{"NAM", err.Error()}
	}
	fields := Fields{{"NIC", u.RecordNumber}, {"NAM", name}, {"SVC", u.Values.Code}, {"SVD", u.Values.Date}}
	for _, f := range fields[:3] {
		if f.Value == "" {
			return nil, &FieldError{f.Tag, "it is empty"}
		}
	}
	if p.TimeTag != "" {
		fields = append(fields, Field{p.TimeTag, u.Values.Time})
	}
	if tag := u.Values.badField(p.TimeTag); tag != "" {
		return nil, &FieldError{tag, "there is no such date or time"}
	}
	return p.encode(u.ControlNumber, u.Key, u.ORI, u.RecordNumber, fields)
}

// badField names the field that is no date or time, "" if there is none.
func (v ServiceValues) badField(timeTag string) string {
	if _, err := time.Parse(dateLayout, v.Date); v.Date != "" && err != nil {
		return "SVD"
	}
	if _, err := time.Parse(timeLayout, v.Time); v.Time != "" && err != nil {
		return timeTag
	}
	return ""
}

// Inquiry asks what both files hold about one order.
type Inquiry struct {
	ControlNumber ControlNumber // a fresh one each time; empty: the client draws it
	ORI           string
	RecordNumber  string
	// Files are those whose answer is awaited; none means both.
	Files []File
}

// EncodeInquiry writes the inquiry's body.
func (p Profile) EncodeInquiry(q Inquiry) ([]byte, error) {
	return p.encode(q.ControlNumber, InquireOrder, q.ORI, q.RecordNumber, Fields{{"NIC", q.RecordNumber}})
}

func (p Profile) encode(ref ControlNumber, key MessageKey, ori, record string, fields Fields) ([]byte, error) {
	switch {
	case !ref.valid():
		return nil, &FieldError{"REF", "it is not a control number"}
	case len(ori) != 9 || !isWord(ori):
		return nil, &FieldError{"ORI", "it must have nine letters and digits"}
	case !isWord(strings.ReplaceAll(record, "-", "")) || len(record) > 20:
		return nil, &FieldError{"NIC", "it may have up to twenty letters, digits and hyphens"}
	}
	body, err := Message{ControlNumber: ref, From: p.User, Key: string(key), Subject: ori, Fields: fields}.Encode()
	if err != nil {
		return nil, &FieldError{"", err.Error()}
	}
	return body, nil
}
