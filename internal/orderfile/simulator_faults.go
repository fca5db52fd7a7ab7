package orderfile

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"
)

// FaultKind is how the simulated switch misbehaves.
type FaultKind string

// The faults.
const (
	FaultDropBefore    FaultKind = "drop_before"     // reads the message, does nothing, closes the connection
	FaultDropAfter     FaultKind = "drop_after"      // applies it, closes the connection before A
	FaultNoA           FaultKind = "no_A"            // applies it, never says A
	FaultNack          FaultKind = "nack"            // says N with Code (N03 if none) and forgets it
	FaultReject        FaultKind = "reject"          // says A, then REJ with Code (R02 if none), from File
	FaultDelay         FaultKind = "delay"           // does nothing for the time For, then goes on as always
	FaultAckNotApplied FaultKind = "ack_not_applied" // File acknowledges and changes nothing
	FaultDuplicate     FaultKind = "dup"             // says every answer twice
	FaultNoNational    FaultKind = "no_national"     // forgets to forward
	// FaultHold: the state file is out of service. The switch says A, then Code
	// as a status (nothing if none), and keeps the update until
	// [Simulator.InService]; after S04 it forgets it.
	FaultHold FaultKind = "hold"
)

// Fault is one misbehaviour.
type Fault struct {
	Do   FaultKind     `json:"do"`
	Code Code          `json:"code,omitempty"`
	File File          `json:"file,omitempty"` // of reject and ack_not_applied; STATE if empty
	For  time.Duration `json:"for,omitempty"`

	whenChanged bool // only where the message changed the record: once a change
}

func (f Fault) of(file File) bool { return f.File == file || f.File == "" && file == StateFile }

// Match says which messages a fault is for. What is empty matches everything.
type Match struct {
	ControlNumber ControlNumber `json:"controlNumber,omitempty"`
	Key           string        `json:"key,omitempty"`
	RecordNumber  string        `json:"recordNumber,omitempty"`
	Nth           int           `json:"nth,omitempty"`   // the first (1), second … message that matches
	Times         int           `json:"times,omitempty"` // how often; 0: every time
}

// numberFaults are asked for by what is sent: by the last two digits of the
// record number (letters after them do not count), so that a person in front
// of the demonstration can ask for one.
//
//	…99  the national file rejects the update (R04)
//	…98  the state file rejects it (R02, not on file)
//	…97  the connection closes after the change, before A: once a change
//	…96  A never comes: once a change
//	…95  everything about it takes five seconds
var numberFaults = map[string]Fault{
	"99": {Do: FaultReject, File: NationalFile, Code: "R04"},
	"98": {Do: FaultReject, File: StateFile, Code: NotOnFile},
	"97": {Do: FaultDropAfter, whenChanged: true},
	"96": {Do: FaultNoA, whenChanged: true},
	"95": {Do: FaultDelay, For: 5 * time.Second},
}

// faults decides which fault a message meets: one that was set, else one that
// its number asks for, else one drawn at random.
type faults struct {
	set     []*setFault
	numbers bool
	rate    float64
	random  []Fault
	seed    uint64
	times   map[ControlNumber]uint64
}

type setFault struct {
	match Match
	fault Fault
	seen  int
}

func (fs *faults) of(m Message) Fault {
	record := m.Fields.value("NIC")
	for _, set := range fs.set {
		if set.matches(m, record) {
			return set.fault
		}
	}
	digits := strings.TrimRight(record, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
	if fs.numbers && len(digits) >= 2 && m.Key != string(InquireOrder) {
		if f, ok := numberFaults[digits[len(digits)-2:]]; ok {
			return f
		}
	}
	return fs.draw(m.ControlNumber)
}

func (s *setFault) matches(m Message, record string) bool {
	want := s.match
	if want.ControlNumber != "" && want.ControlNumber != m.ControlNumber ||
		want.Key != "" && want.Key != m.Key ||
		want.RecordNumber != "" && want.RecordNumber != record {
		return false
	}
	s.seen++
	if want.Nth > 0 {
		return s.seen == want.Nth
	}
	return want.Times == 0 || s.seen <= want.Times
}

// draw depends on the seed, the control number and how often that was seen,
// not on the order in which messages arrive: a seed replays.
func (fs *faults) draw(ref ControlNumber) Fault {
	if fs.rate == 0 || len(fs.random) == 0 {
		return Fault{}
	}
	fs.times[ref]++
	h := fnv.New64a()
	_, _ = h.Write([]byte(ref)) // a hash never fails
	r := rand.New(rand.NewPCG(fs.seed^fs.times[ref], h.Sum64()))
	if r.Float64() >= fs.rate {
		return Fault{}
	}
	return fs.random[r.IntN(len(fs.random))]
}

// everyFault are the faults that the end of an attempt can be unknown after,
// or that make the switch lie.
var everyFault = []Fault{
	{Do: FaultDropBefore}, {Do: FaultDropAfter}, {Do: FaultNoA}, {Do: FaultNack},
	{Do: FaultAckNotApplied}, {Do: FaultAckNotApplied, File: NationalFile},
	{Do: FaultDuplicate}, {Do: FaultNoNational},
	{Do: FaultDelay, For: time.Second}, {Do: FaultDelay, For: time.Minute},
}
