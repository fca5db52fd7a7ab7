package terms

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// ID is the id of a node: a prefix that tells its type, an underscore, and a
// version 7 UUID in 26 letters of Crockford's base 32, so that ids sort by the
// time they were made. To clients it is opaque.
type ID string

// Prefix is what the ids of one type begin with.
type Prefix string

// The prefixes. Those of nodes that clients meet are part of the contract.
const (
	CasePrefix            Prefix = "rcs"
	ActivityPrefix        Prefix = "act"
	OfficerPrefix         Prefix = "ofc"
	DeliveryPrefix        Prefix = "dlv"
	AgencyPrefix          Prefix = "agy"
	AccountPrefix         Prefix = "acc"
	CourtPrefix           Prefix = "crt"
	TownPrefix            Prefix = "twn"
	AgencyCoveragePrefix  Prefix = "cov"
	AgencyChannelPrefix   Prefix = "chn"
	OrderPrefix           Prefix = "por"
	HearingPrefix         Prefix = "hrg"
	RespondentPrefix      Prefix = "rsp"
	ProtectedPersonPrefix Prefix = "ppn"
	AddressPrefix         Prefix = "adr"
	RegistryRowPrefix     Prefix = "rrw"
	WaitingRowPrefix      Prefix = "wrw"
	UnroutedPrefix        Prefix = "unr"
	RegistryEntryPrefix   Prefix = "ren"
	AttemptPrefix         Prefix = "att"
	LookUpPrefix          Prefix = "lku"
	AcknowledgementPrefix Prefix = "ack"
	JournalRecordPrefix   Prefix = "jrn"
	SwitchAnswerPrefix    Prefix = "swa"
	DueItemPrefix         Prefix = "due"
	ReviewPrefix          Prefix = "rev"
	DecisionPrefix        Prefix = "dcn"
	AssignmentPrefix      Prefix = "asg"
)

const (
	letters    = "abcdefghijklmnopqrstuvwxyz"
	crockford  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	encodedLen = 26
)

// NewID makes an id of the type whose prefix is given.
func NewID(p Prefix) ID { return EncodeID(p, uuid.Must(uuid.NewV7())) }

// EncodeID makes the id that stands for u. Callers that need the same ids
// again and again (the demonstration year) bring their own UUIDs.
func EncodeID(p Prefix, u uuid.UUID) ID {
	out := make([]byte, 0, len(p)+1+encodedLen)
	out = append(out, p...)
	out = append(out, '_')
	// 128 bits in 26 letters of 5: the first letter carries the top 3 bits.
	var acc uint32
	bits := 2 // two zero bits in front make 130, a multiple of five
	for _, b := range u {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out = append(out, crockford[acc>>bits&31])
		}
	}
	return ID(out)
}

// Prefix answers what the id begins with, "" if it is not shaped like an id.
func (id ID) Prefix() Prefix {
	p, rest, ok := strings.Cut(string(id), "_")
	if !ok || len(rest) != encodedLen {
		return ""
	}
	return Prefix(p)
}

// ParseID reads an id of any type. An id that is not shaped like one is an
// [InputError] with [BadID].
func ParseID(s string) (ID, error) {
	id := ID(s)
	if p := id.Prefix(); len(p) == 3 && strings.Trim(string(p), letters) == "" && strings.Trim(s[4:], crockford) == "" {
		return id, nil
	}
	return "", &InputError{BadID, "This is not an id of this system. Use ids exactly as the API returned them."}
}

// Must is the id if it has the prefix, else an [InputError] with [BadID].
func (id ID) Must(p Prefix) error {
	if id.Prefix() == p {
		return nil
	}
	return &InputError{BadID, fmt.Sprintf("This is an id of another type: here an id that begins with %q is needed.", string(p)+"_")}
}

// MarshalGQL writes the id as a GraphQL ID.
func (id ID) MarshalGQL(w io.Writer) {
	// An id holds no letter that JSON would escape.
	_, _ = io.WriteString(w, `"`+string(id)+`"`) // gqlgen's writer is a buffer
}

// UnmarshalGQL reads a GraphQL ID.
func (id *ID) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		s = strconv.Quote(fmt.Sprint(v))
	}
	parsed, err := ParseID(s)
	*id = parsed
	return err
}
