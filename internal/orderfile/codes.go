package orderfile

// Code is what the switch gives as the reason of a rejection (R), of a refused
// frame (N), or as a status of service (S).
type Code string

// Class says who must do what about a code.
type Class string

// The classes.
const (
	ClassGood    Class = "GOOD"    // nothing to do: it is so already, or will be
	ClassPassing Class = "PASSING" // try again later
	ClassData    Class = "DATA"    // a person corrects the data
	ClassSetUp   Class = "SET_UP"  // an operator corrects what we may do; stop sending
	ClassOurs    Class = "OURS"    // a defect of this system: alarm
	ClassUnknown Class = "UNKNOWN" // a code that we do not know: a person looks
)

// The codes that something here depends on.
const (
	NotOnFile   Code = "R02"
	NoChange    Code = "R05"
	TooLong     Code = "N01"
	BadFrame    Code = "N02"
	Busy        Code = "N03"
	InService   Code = "S01"
	WillForward Code = "S02" // the switch holds the message: never send it again
	WontForward Code = "S04" // the message is gone: send it again after S01
)

var codes = map[Code]struct {
	class Class
	text  string
}{
	"R01":       {ClassOurs, "MANDATORY FIELD MISSING"},
	NotOnFile:   {ClassData, "NOT ON FILE"},
	"R03":       {ClassData, "FIELD ERROR"},
	"R04":       {ClassData, "NAM DOES NOT MATCH NIC"},
	NoChange:    {ClassGood, "ON FILE, NO CHANGE"},
	"R06":       {ClassSetUp, "NOT AUTHORIZED"},
	"R07":       {ClassData, "RECORD EXPIRED OR CLEARED"},
	"R08":       {ClassOurs, "MKE ERROR"},
	"R09":       {ClassPassing, "RECORD LOCKED, TRY AGAIN"},
	TooLong:     {ClassOurs, "FRAME TOO LONG"},
	BadFrame:    {ClassOurs, "BAD FRAME"},
	Busy:        {ClassPassing, "BUSY"},
	InService:   {ClassGood, "IN SERVICE"},
	WillForward: {ClassGood, "OUT OF SERVICE, WILL FORWARD"},
	WontForward: {ClassPassing, "OUT OF SERVICE, WILL NOT FORWARD"},
}

// Class answers [ClassUnknown] for a code that is not in the table: what is
// not understood is never taken for success, nor tried again by itself.
func (c Code) Class() Class {
	if known, ok := codes[c]; ok {
		return known.class
	}
	return ClassUnknown
}

// Text is what the switch says with the code, "" for an unknown one.
func (c Code) Text() string { return codes[c].text }
