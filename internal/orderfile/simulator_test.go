package orderfile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// conversation is a simulator and a client on loopback.
func conversation(t *testing.T, o SimulatorOptions) (*Simulator, *desk, string) {
	t.Helper()
	o.Dir = t.TempDir()
	s := newSimulator(t, o)
	return s, newDesk(t, tcp(s.Addr()), 250*time.Millisecond), o.Dir
}

func settled(t *testing.T, s *Simulator) {
	t.Helper()
	if err := s.Settled(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// §3(e), §3(f): one update, both files, both answers.
func TestServiceReachesBothFiles(t *testing.T) {
	now := time.Date(2026, 11, 25, 2, 41, 7, 0, time.UTC)
	s, d, dir := conversation(t, SimulatorOptions{Clock: func() time.Time { return now }})
	u := service("H123456701")
	is(t, d.client.Send(t.Context(), u), nil)
	state := d.await(from(u, StateFile, Acknowledged))
	national := d.await(from(u, NationalFile, Acknowledged))
	if state.Sequence != "0000000001" || !state.At.Equal(now) || national.RecordNumber != u.RecordNumber {
		t.Errorf("acknowledged with %+v and %+v", state, national)
	}
	settled(t, s)
	want := Change{now, StateFile, u.ControlNumber, u.RecordNumber, "NUNEZ, JOSE", "1", "20261124", "2140", 1}
	if got := changes(t, dir, StateFile); len(got) != 1 || got[0] != want {
		t.Errorf("state file: %+v", got)
	}
	want.File, want.ServiceTime = NationalFile, ""
	if got := changes(t, dir, NationalFile); len(got) != 1 || got[0] != want {
		t.Errorf("national file: %+v", got)
	}
	records, err := d.client.Inquire(t.Context(), Inquiry{ORI: u.ORI, RecordNumber: u.RecordNumber})
	if err != nil || len(records) != 2 {
		t.Fatalf("%+v, %v", records, err)
	}
	for _, r := range records {
		if !r.OnFile || r.Values != u.Values.in(r.File) || !r.LastUpdated.Equal(now) || r.Name != "NUNEZ, JOSE" {
			t.Errorf("%+v", r)
		}
	}
}

func TestARepeatChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		rejected bool
		answer   AnswerKind
	}{"answered ACK": {false, Acknowledged}, "answered R05": {true, Rejected}} {
		t.Run(name, func(t *testing.T) {
			s, d, dir := conversation(t, SimulatorOptions{RepeatsRejected: c.rejected})
			u := service("H1")
			is(t, d.client.Send(t.Context(), u), nil)
			u.ControlNumber = NewControlNumber()
			is(t, d.client.Send(t.Context(), u), nil)
			if a := d.await(from(u, StateFile, c.answer)); c.rejected && a.Code.Class() != ClassGood {
				t.Errorf("%s", a.Raw)
			}
			settled(t, s)
			if a, b := len(changes(t, dir, StateFile)), len(changes(t, dir, NationalFile)); a != 1 || b != 1 {
				t.Errorf("%d and %d lines", a, b)
			}
		})
	}
}

// A correction changes the record again, and taking the service back clears
// it. A new time alone changes the state file only.
func TestCorrections(t *testing.T) {
	s, d, dir := conversation(t, SimulatorOptions{})
	u := service("H1")
	for _, v := range []ServiceValues{u.Values, {"1", "20261124", "2115"}, DefaultProfile().NotServed(), u.Values} {
		u.ControlNumber, u.Values = NewControlNumber(), v
		is(t, d.client.Send(t.Context(), u), nil)
	}
	settled(t, s)
	if a, b := len(changes(t, dir, StateFile)), len(changes(t, dir, NationalFile)); a != 4 || b != 3 {
		t.Errorf("%d and %d lines, want 4 and 3", a, b)
	}
}

func TestRecordsThatMustBeOnFile(t *testing.T) {
	s, d, _ := conversation(t, SimulatorOptions{RefuseUnknown: true})
	u := service("H1")
	is(t, d.client.Send(t.Context(), u), nil)
	if a := d.await(from(u, StateFile, Rejected)); a.Code != NotOnFile {
		t.Errorf("%s", a.Raw)
	}
	records, err := d.client.Inquire(t.Context(), Inquiry{ORI: u.ORI, RecordNumber: "H1"})
	if err != nil || len(records) != 2 || records[0].OnFile || records[1].OnFile {
		t.Errorf("%+v, %v", records, err)
	}
	if err := s.Enter(Change{RecordNumber: "H1", Name: "SOMEBODY, ELSE"}); err != nil {
		t.Fatal(err)
	}
	u.ControlNumber = NewControlNumber()
	is(t, d.client.Send(t.Context(), u), nil)
	if a := d.await(from(u, StateFile, Rejected)); a.Code != "R04" {
		t.Errorf("%s", a.Raw)
	}
}

// Every fault, over real connections: what Send says, what the files hold
// afterwards, and which answers came.
func TestFaults(t *testing.T) {
	type holds struct{ state, national int }
	for name, c := range map[string]struct {
		fault   Fault
		record  string // asks for a fault by its number
		sent    error
		holds   holds
		answers map[File]AnswerKind
	}{
		"drop_before":               {fault: Fault{Do: FaultDropBefore}, sent: ErrUnknown},
		"drop_after":                {fault: Fault{Do: FaultDropAfter}, sent: ErrUnknown, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"no_A":                      {fault: Fault{Do: FaultNoA}, sent: ErrUnknown, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"nack":                      {fault: Fault{Do: FaultNack, Code: Busy}, sent: ErrNotSent},
		"reject":                    {fault: Fault{Do: FaultReject, Code: "R07"}, answers: map[File]AnswerKind{StateFile: Rejected}},
		"reject, national":          {fault: Fault{Do: FaultReject, File: NationalFile, Code: "R07"}, holds: holds{1, 0}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Rejected}},
		"delay":                     {fault: Fault{Do: FaultDelay, For: time.Millisecond}, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"delay beyond the time-out": {fault: Fault{Do: FaultDelay, For: 400 * time.Millisecond}, sent: ErrUnknown, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"ack_not_applied":           {fault: Fault{Do: FaultAckNotApplied}, answers: map[File]AnswerKind{StateFile: Acknowledged}},
		"ack_not_applied, national": {fault: Fault{Do: FaultAckNotApplied, File: NationalFile}, holds: holds{1, 0}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"dup":                       {fault: Fault{Do: FaultDuplicate}, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"no_national":               {fault: Fault{Do: FaultNoNational}, holds: holds{1, 0}, answers: map[File]AnswerKind{StateFile: Acknowledged}},
		"a number ending 99":        {record: "H99", holds: holds{1, 0}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Rejected}},
		"a number ending 98":        {record: "H98", answers: map[File]AnswerKind{StateFile: Rejected}},
		"a number ending 97":        {record: "H97", sent: ErrUnknown, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
		"a docket ending 96":        {record: "HHDFA265012396S", sent: ErrUnknown, holds: holds{1, 1}, answers: map[File]AnswerKind{StateFile: Acknowledged, NationalFile: Acknowledged}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, d, dir := conversation(t, SimulatorOptions{})
			u := service("H100")
			if c.record != "" {
				u.RecordNumber = c.record
			} else {
				s.Fault(Match{RecordNumber: u.RecordNumber, Times: 1}, c.fault)
			}
			is(t, d.client.Send(t.Context(), u), c.sent)
			for file, kind := range c.answers {
				d.await(from(u, file, kind))
			}
			settled(t, s)
			if got := (holds{len(changes(t, dir, StateFile)), len(changes(t, dir, NationalFile))}); got != c.holds {
				t.Errorf("lines: %+v, want %+v", got, c.holds)
			}
			got := map[File]AnswerKind{}
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, a := range d.answers {
				got[a.File] = a.Kind
			}
			if len(got) != len(c.answers) {
				t.Errorf("answers: %v, want %v", got, c.answers)
			}
			if want := 2 * len(c.answers); name == "dup" && len(d.answers) != want {
				t.Errorf("%d answers, want %d", len(d.answers), want)
			}
		})
	}
}

func TestFaultsMatchTheNthMessage(t *testing.T) {
	s, d, _ := conversation(t, SimulatorOptions{})
	s.Fault(Match{Key: string(ModifyOrder), Nth: 2}, Fault{Do: FaultNack, Code: "R06"})
	for i, want := range []error{nil, ErrNotSent, nil} {
		is(t, d.client.Send(t.Context(), service(fmt.Sprint("H", i))), want)
	}
	s.Fault(Match{}, Fault{Do: FaultNack})
	is(t, d.client.Send(t.Context(), service("H4")), ErrNotSent)
	s.ClearFaults()
	is(t, d.client.Send(t.Context(), service("H5")), nil)
}

func TestInquiryWithoutAnAnswer(t *testing.T) {
	s, d, _ := conversation(t, SimulatorOptions{})
	ask := Inquiry{ORI: "CT018015J", RecordNumber: "H1"}
	s.Fault(Match{Key: string(InquireOrder), Times: 1}, Fault{Do: FaultDropBefore})
	records, err := d.client.Inquire(t.Context(), ask)
	is(t, err, ErrNoAnswer)
	if got := Reconcile(Known{File: StateFile}, records); got.Verdict != NoAnswer {
		t.Errorf("%s", got.Verdict)
	}
	// Without A, the answers are what counts.
	s.Fault(Match{Key: string(InquireOrder), Times: 1}, Fault{Do: FaultNoA})
	if records, err := d.client.Inquire(t.Context(), ask); err != nil || len(records) != 2 {
		t.Errorf("%+v, %v", records, err)
	}
	s.Fault(Match{}, Fault{Do: FaultNack})
	_, err = d.client.Inquire(t.Context(), ask)
	is(t, err, ErrNotSent)
}

// The switch keeps what was not accepted; nothing is written twice.
func TestRestartKeepsRecordsAndAnswers(t *testing.T) {
	dir := t.TempDir()
	s := newSimulator(t, SimulatorOptions{Dir: dir})
	d := newDesk(t, tcp(s.Addr()), 250*time.Millisecond)
	d.refuse = errors.New("the database is away")
	u := service("H1")
	is(t, d.client.Send(t.Context(), u), nil)
	d.await(from(u, StateFile, Acknowledged)) // offered, not accepted
	d.stop()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// As kill -9 in the middle of a line would leave it.
	for _, name := range []string{stateLines, queueLines} {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"at":"2026-1`); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}

	s = newSimulator(t, SimulatorOptions{Dir: dir})
	d = newDesk(t, tcp(s.Addr()), 250*time.Millisecond)
	d.await(from(u, StateFile, Acknowledged))
	d.await(from(u, NationalFile, Acknowledged))
	is(t, d.client.Send(t.Context(), u), nil) // the same once more
	other := service("H2")
	is(t, d.client.Send(t.Context(), other), nil)
	settled(t, s)
	for _, file := range []File{StateFile, NationalFile} {
		got := changes(t, dir, file)
		if len(got) != 2 || got[0].Sequence != 1 || got[1].Sequence != 2 || got[1].RecordNumber != "H2" {
			t.Errorf("%s: %+v", file, got)
		}
	}
}

// What was on its way to the national file when the process ended still gets
// there.
func TestRestartForwards(t *testing.T) {
	dir := t.TempDir()
	s := newSimulator(t, SimulatorOptions{Dir: dir, ForwardDelay: time.Hour})
	d := newDesk(t, tcp(s.Addr()), 250*time.Millisecond)
	u := service("H1")
	is(t, d.client.Send(t.Context(), u), nil)
	d.await(from(u, StateFile, Acknowledged))
	d.stop()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := changes(t, dir, NationalFile); len(got) != 0 {
		t.Fatalf("too early: %+v", got)
	}
	anHourLater := func() time.Time { return time.Now().Add(time.Hour) }
	s = newSimulator(t, SimulatorOptions{Dir: dir, Clock: anHourLater})
	newDesk(t, tcp(s.Addr()), 250*time.Millisecond).await(from(u, NationalFile, Acknowledged))
	settled(t, s)
	if got := changes(t, dir, NationalFile); len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestABrokenFileIsNoReasonToStartAfresh(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, stateLines), []byte("{}\nrubbish\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), SimulatorOptions{Dir: dir, Log: quiet}); err == nil || !strings.Contains(err.Error(), "line 2 of") {
		t.Errorf("%v", err)
	}
}

// Two processes of ours, one switch: answers come back where the question
// came from, and to the other one when that has gone.
func TestTwoConnections(t *testing.T) {
	s := newSimulator(t, SimulatorOptions{})
	a, b := newDesk(t, tcp(s.Addr()), 250*time.Millisecond), newDesk(t, tcp(s.Addr()), 250*time.Millisecond)
	for i := range 5 {
		for _, d := range []*desk{a, b} {
			record := fmt.Sprint("H", i)
			if records, err := d.client.Inquire(t.Context(), Inquiry{ORI: "CT018015J", RecordNumber: record}); err != nil || len(records) != 2 {
				t.Fatalf("%+v, %v", records, err)
			}
		}
	}
	u := service("H1")
	s.Fault(Match{ControlNumber: u.ControlNumber}, Fault{Do: FaultDropAfter})
	is(t, a.client.Send(t.Context(), u), ErrUnknown)
	b.await(from(u, StateFile, Acknowledged))
}

func TestAdminPages(t *testing.T) {
	s, d, _ := conversation(t, SimulatorOptions{AdminListen: "127.0.0.1:0", RefuseUnknown: true})
	call := func(method, path, body string, want int) (answer json.RawMessage) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.AdminAddr().String()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Close = true
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if response.StatusCode != want {
			t.Errorf("%s %s %s: %s", method, path, body, response.Status)
		}
		if want == http.StatusOK {
			if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
				t.Fatal(err)
			}
		}
		return answer
	}
	call("POST", "/records", `{"recordNumber":"H1","name":"NUNEZ, JOSE"}`, http.StatusNoContent)
	call("POST", "/records", `{"recordNumber":"H1","name":"A.SVC/2"}`, http.StatusBadRequest)
	call("POST", "/records", `{"recordNumber":"H1","file":"OTHER"}`, http.StatusBadRequest)
	call("POST", "/faults", `{"match":{"recordNumber":"H1","times":1},"do":"nack","code":"N03"}`, http.StatusNoContent)
	for _, bad := range []string{`{"do":"explode"}`, `{"do":"delay","for":"soon"}`, `{"dou":"delay"}`, `{"do":"reject","code":"R.2"}`, `{"do":"reject","file":"X"}`, `not JSON`} {
		call("POST", "/faults", bad, http.StatusBadRequest)
	}
	is(t, d.client.Send(t.Context(), service("H1")), ErrNotSent)
	call("POST", "/faults", `{"do":"delay","for":"1h"}`, http.StatusNoContent)
	call("DELETE", "/faults", "", http.StatusNoContent)
	is(t, d.client.Send(t.Context(), service("H1")), nil)
	settled(t, s)
	var versions map[File][]Change
	if err := json.Unmarshal(call("GET", "/records/H1", "", http.StatusOK), &versions); err != nil || len(versions[StateFile]) != 2 || len(versions[NationalFile]) != 2 {
		t.Errorf("%+v, %v", versions, err)
	}
	var journal []JournalLine
	if err := json.Unmarshal(call("GET", "/journal", "", http.StatusOK), &journal); err != nil || len(journal) < 6 || journal[0].Type != "M" || journal[1].Type != "N" {
		t.Errorf("%+v, %v", journal, err)
	}
	if _, err := Start(t.Context(), SimulatorOptions{Dir: t.TempDir(), AdminListen: ":0", Log: quiet}); !errors.Is(err, errNotLoopback) {
		t.Errorf("admin pages for all the world: %v", err)
	}
}

func TestSimulatorEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, SimulatorOptions{Dir: t.TempDir(), AdminListen: "127.0.0.1:0", Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, tcp(s.Addr()), time.Minute)
	is(t, d.client.Send(t.Context(), service("H1")), nil)
	cancel()
	is(t, s.Close(), nil)
}
