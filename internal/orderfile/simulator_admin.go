package orderfile

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// JournalLine is one frame that the simulator read or wrote. Heartbeats are
// left out.
type JournalLine struct {
	At        time.Time `json:"at"`
	Session   int       `json:"session"`
	Direction string    `json:"direction"` // in or out
	Type      string    `json:"type"`
	Exchange  uint32    `json:"exchange"`
	Body      string    `json:"body,omitempty"`
}

// journalRoom is how many frames are remembered, the newest.
const journalRoom = 10_000

// note remembers a frame; the lock is held.
func (s *Simulator) note(c *simSession, direction string, f Frame) {
	if f.Type == FrameHeartbeat {
		return
	}
	if len(s.journal) == journalRoom {
		s.journal = append(s.journal[:0:0], s.journal[journalRoom/2:]...)
	}
	s.journal = append(s.journal, JournalLine{s.now(), c.number, direction, string(rune(f.Type)), f.Exchange, string(f.Body)})
}

// Journal is what was read and written lately.
func (s *Simulator) Journal() []JournalLine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]JournalLine{}, s.journal...)
}

// handler serves the admin pages:
//
//	POST   /faults         {"match": {"recordNumber": "H1"}, "do": "reject", "code": "R02", "for": "5s"}
//	DELETE /faults
//	POST   /in-service     ends what the fault "hold" began
//	GET    /journal        every frame, both ways
//	GET    /records/{nic}  all versions in both files
//	POST   /records        {"recordNumber": "H1", "name": "DOE, JOHN"}: puts it on file, or writes over it
func (s *Simulator) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /faults", s.postFault)
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /in-service", func(w http.ResponseWriter, _ *http.Request) {
		s.InService()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /journal", func(w http.ResponseWriter, _ *http.Request) { s.show(w, s.Journal()) })
	mux.HandleFunc("GET /records/{nic}", func(w http.ResponseWriter, r *http.Request) {
		nic := r.PathValue("nic")
		s.show(w, map[File][]Change{StateFile: s.Versions(StateFile, nic), NationalFile: s.Versions(NationalFile, nic)})
	})
	mux.HandleFunc("POST /records", s.postRecord)
	// A page of another site in the same person's browser must not set faults.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (s *Simulator) postFault(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Match Match     `json:"match"`
		Do    FaultKind `json:"do"`
		Code  Code      `json:"code"`
		File  File      `json:"file"`
		For   string    `json:"for"`
	}
	err := decode(w, r, &asked)
	fault := Fault{Do: asked.Do, Code: asked.Code, File: asked.File}
	if err == nil && asked.For != "" {
		fault.For, err = time.ParseDuration(asked.For)
	}
	if err == nil {
		err = fault.check()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.Fault(asked.Match, fault)
	w.WriteHeader(http.StatusNoContent)
}

func (f Fault) check() error {
	switch f.Do {
	case FaultDropBefore, FaultDropAfter, FaultNoA, FaultNack, FaultReject, FaultDelay, FaultAckNotApplied, FaultDuplicate, FaultNoNational, FaultHold:
	default:
		return fmt.Errorf("there is no fault %q", f.Do)
	}
	if f.File != "" && f.File != StateFile && f.File != NationalFile {
		return fmt.Errorf("there is no file %q", f.File)
	}
	if f.Code != "" && !isWord(string(f.Code)) {
		return fmt.Errorf("%q is no code", f.Code)
	}
	return nil
}

func (s *Simulator) postRecord(w http.ResponseWriter, r *http.Request) {
	var c Change
	err := decode(w, r, &c)
	if err == nil {
		err = c.check()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.Enter(c); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// check says whether a record can be told in an answer.
func (c Change) check() error {
	if c.RecordNumber == "" {
		return fmt.Errorf("field NIC: it is empty")
	}
	if c.File != "" && c.File != StateFile && c.File != NationalFile {
		return fmt.Errorf("there is no file %q", c.File)
	}
	if tag := c.values().badField("SVT"); tag != "" {
		return fmt.Errorf("field %s: there is no such date or time", tag)
	}
	_, err := encodeFields(Fields{{"NIC", c.RecordNumber}, {"NAM", c.Name}, {"SVC", c.Code}})
	return err
}

// decode reads a small JSON body strictly: a misspelt fault would never come.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read the JSON body: %w", err)
	}
	return nil
}

func (s *Simulator) show(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.log.Info("an admin page of the order-file simulator was not read to its end", "error", err)
	}
}
