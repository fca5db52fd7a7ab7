package lawenforcement

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// Notice is what one agency is told about one service (§3(d)). It is plain
// data: whoever plans notices decides what belongs in it, above all which
// addresses the agency may see.
type Notice struct {
	Delivery terms.ID `json:"delivery"` // printed on the page, and the name of the file in the spool
	Agency   Agency   `json:"agency"`
	// Reasons say why the agency is told; one agency reached by two addresses
	// gets one notice with both. At least one, unless no address is known and
	// the registry section chose the agency.
	Reasons []terms.NoticeReason `json:"reasons"`
	Chosen  bool                 `json:"chosen,omitempty"`

	Docket      terms.Docket    `json:"docket"`
	Court       Court           `json:"court"`
	Respondents []string        `json:"respondents"`
	OrderKind   terms.OrderKind `json:"orderKind,omitempty"` // empty: not known, or a hearing notice alone was served

	// ExecutedAt is when service was made, UTC; Method is how (§4(e)). Both
	// may be empty when the service is withdrawn.
	ExecutedAt time.Time           `json:"executedAt,omitzero"`
	Method     terms.ServiceMethod `json:"method,omitempty"`
	Officer    string              `json:"officer,omitempty"`
	// PoliceAssistance is whether the officer asked the police to be present.
	PoliceAssistance bool `json:"policeAssistance"`
	// RecordedAt is when the registry learned it, UTC. It is also the date of
	// the document, so that printing again gives the same bytes.
	RecordedAt time.Time `json:"recordedAt"`

	// Addresses that lie in this agency's area, and no others: a protected
	// person's address is told only to the agency that covers it.
	Addresses []Address `json:"addresses,omitempty"`

	Correction Correction `json:"correction,omitempty"`
	// Replaces is the delivery whose page this page takes the place of,
	// ReplacesSentAt is when that was sent, UTC, and Before is what it said, in
	// words. Empty on a first notice.
	Replaces       terms.ID  `json:"replaces,omitempty"`
	ReplacesSentAt time.Time `json:"replacesSentAt,omitzero"`
	Before         string    `json:"before,omitempty"`
	// AnotherStands, of a withdrawal: the respondent was served all the same, by
	// another service on this docket. AnotherServedAt is when, UTC; empty where
	// this agency had no notice of it: what it was not told of it would not be
	// told when that is taken back.
	AnotherStands   bool      `json:"anotherStands,omitempty"`
	AnotherServedAt time.Time `json:"anotherServedAt,omitzero"`

	Registry Contact `json:"registry"`
}

// Agency is who is told.
type Agency struct {
	Name string `json:"name"`
	ORI  string `json:"ori,omitempty"` // the FBI's originating agency identifier; some agencies have none
}

// Court is the court location of the docket.
type Court struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Address is one address in the agency's area, and whose it is.
type Address struct {
	Reason terms.NoticeReason `json:"reason"`
	Person string             `json:"person,omitempty"`
	Street string             `json:"street,omitempty"`
	Town   string             `json:"town,omitempty"`
	State  string             `json:"state,omitempty"`
	Zip    string             `json:"zip,omitempty"`
}

// Contact is how a police officer reaches the registry section.
type Contact struct {
	CallBack string `json:"callBack"` // a telephone number
	Contact  string `json:"contact,omitempty"`
}

// Correction is how a notice stands to an earlier one.
type Correction string

// A notice is the first about its service, or corrects what an earlier page
// said, or takes it back. Whoever was told the old fact is told the new one.
const (
	FirstNotice Correction = ""
	Corrected   Correction = "CORRECTED"
	Withdrawn   Correction = "WITHDRAWN"
)

// The words of the page for the coded values.
var (
	reasonWords = map[terms.NoticeReason]string{
		terms.RespondentHome:      "respondent's home",
		terms.ProtectedPersonHome: "protected person's home",
		terms.ProtectedPersonWork: "protected person's work",
	}
	methodWords = map[terms.ServiceMethod]string{
		terms.MethodHand:  "In hand: given to the respondent in person",
		terms.MethodAbode: "At abode: left at the respondent's usual place of abode",
	}
	// methodBefore is how a method stands in what was told before.
	methodBefore = map[terms.ServiceMethod]string{
		terms.MethodHand:  "in hand",
		terms.MethodAbode: "at abode",
	}
	orderWords = map[terms.OrderKind]string{
		terms.ReliefFromAbuse:      "Relief from abuse (C.G.S. §46b-15)",
		terms.CivilProtectionOrder: "Civil protection order (C.G.S. §46b-16a)",
		"":                         "Not known to the registry at this time",
	}
	correctionWords = map[Correction]string{
		FirstNotice: "",
		Corrected:   "CORRECTION",
		Withdrawn:   "WITHDRAWN",
	}
)

// pageTime is how an instant stands on the page, in the court's zone.
const pageTime = "Mon Jan 2 2006, 3:04 PM MST"

func onPage(t time.Time) string { return t.In(terms.CourtZone).Format(pageTime) }

// check says what is missing for a page that police can act on. What an agency
// can do without (a name, a kind of order, an ORI) must not keep it from being
// told, and is no error.
func (n *Notice) check() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what))
		}
	}
	need(n.Delivery.Must(terms.DeliveryPrefix) == nil, "the delivery has no id")
	need(strings.TrimSpace(n.Agency.Name) != "", "the agency has no name")
	need(len(n.Reasons) > 0 || n.Chosen, "there is no reason to tell this agency")
	for _, r := range n.Reasons {
		need(reasonWords[r] != "", fmt.Sprintf("reason %q is not known", r))
	}
	for _, a := range n.Addresses {
		need(reasonWords[a.Reason] != "", fmt.Sprintf("an address has the unknown reason %q", a.Reason))
	}
	docket, err := terms.ParseDocket(string(n.Docket))
	need(err == nil && docket == n.Docket, "the docket number is not in its canonical form")
	need(orderWords[n.OrderKind] != "", fmt.Sprintf("order kind %q is not known", n.OrderKind))
	need(!n.RecordedAt.IsZero(), "there is no time of recording")
	if n.Correction != Withdrawn {
		need(!n.ExecutedAt.IsZero(), "there is no time of service")
		need(methodWords[n.Method] != "", fmt.Sprintf("service method %q is not known", n.Method))
	}
	_, known := correctionWords[n.Correction]
	need(known, fmt.Sprintf("correction kind %q is not known", n.Correction))
	need(n.Correction == Withdrawn || !n.AnotherStands, "a notice of service says that another stands")
	need((n.Replaces == "") == (n.Correction == FirstNotice), "a correction names the notice it replaces, a first notice names none")
	need(strings.TrimSpace(n.Registry.CallBack) != "", "there is no number to call back")
	return errors.Join(errs...)
}

// line is the address as one line: whose it is, then where.
func (a Address) line() string {
	where := joinFilled(", ", a.Person, a.Street, a.Town, joinFilled(" ", a.State, a.Zip))
	if where == "" {
		where = "address not on file"
	}
	return "- " + reasonWords[a.Reason] + ": " + where
}

func joinFilled(sep string, parts ...string) string {
	filled := parts[:0:0]
	for _, p := range parts {
		if strings.TrimSpace(p) != "" {
			filled = append(filled, p)
		}
	}
	return strings.Join(filled, sep)
}
