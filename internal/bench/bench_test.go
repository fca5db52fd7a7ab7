package bench

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	for _, c := range []struct {
		sorted []time.Duration
		p      float64
		want   time.Duration
	}{
		{nil, 50, 0},
		{hundred[:1], 99, 1},
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred[:3], 50, 2},
	} {
		if got := percentile(c.sorted, c.p); got != c.want {
			t.Errorf("p%v of %d values: %d, want %d", c.p, len(c.sorted), got, c.want)
		}
	}
	if got := median([]float64{9, 1, 5}); got != 5 {
		t.Errorf("median %v", got)
	}
}

func TestProcessorTimeIsReadBehindAnyName(t *testing.T) {
	got, err := parseStat([]byte("4711 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 120 30 7 7 20 0 9"))
	if err != nil || got != 1500*time.Millisecond {
		t.Errorf("%v %v, want 1.5s", got, err)
	}
	busy, err := parseBusy([]byte("cpu  100 1 50 9999 77 2 3 0 0 0\ncpu0 1 1 1\n"))
	if err != nil || busy != 1560*time.Millisecond {
		t.Errorf("%v %v, want 1.56s", busy, err)
	}
	for _, broken := range []string{"", "1 (x) S", "1 (x) S 1 2 3 4 5 6 7 8 9 10 a b c"} {
		if _, err := parseStat([]byte(broken)); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

func TestOwnProcessorTimeGrows(t *testing.T) {
	before, err := usageOf(os.Getpid(), os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	for x, until := 1, time.Now().Add(50*time.Millisecond); time.Now().Before(until); x++ {
		_ = x
	}
	after, err := usageOf(os.Getpid(), os.Getpid())
	if used := after.since(before); err != nil || used.server < tick || used.others() < 0 {
		t.Errorf("%+v %v", used, err)
	}
}

// onePass is a pass of a second with answers after 1, 2, 3 … ms.
func onePass(answers int, server, database time.Duration) *pass {
	p := &pass{took: time.Second, used: usage{server: server, database: database, machine: server + database}}
	for i := range answers {
		p.latencies = append(p.latencies, time.Duration(i+1)*time.Millisecond)
	}
	return p
}

func TestTheTableComparesProcessorTime(t *testing.T) {
	raw := figures([]*pass{onePass(1000, 100*time.Millisecond, 200*time.Millisecond), onePass(1000, 100*time.Millisecond, 100*time.Millisecond), onePass(1000, 900*time.Millisecond, 0)}, 2)
	graphql := figures([]*pass{onePass(500, 200*time.Millisecond, 100*time.Millisecond)}, 2)
	if raw.CPU != 300 || raw.CPULeast != 200 || raw.PerSecond != 1000 || raw.P50Micro != 500_000 || raw.Others != 0 {
		t.Errorf("by hand: %+v", raw)
	}
	r := &Report{Machine: "a machine", Questions: []Measured{measured(question{name: "Q1", about: "a question", aim: 2.8}, raw, graphql)}}
	r.Screens = []Screen{{Name: "B1", About: "a screen", GraphQL: graphql, Within: 50_000}, {Name: "S1", About: "a search", GraphQL: graphql}}
	var b bytes.Buffer
	if err := r.Print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"B1  250.0 ms", "< 50.0 ms", "S1   a search", "a machine", "Q1   by hand", "2.00 (3.00)", "≤ 2.8", "Q1   a question"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestWhereAnswersPart(t *testing.T) {
	if err := different([]byte("same"), []byte("same")); err != nil {
		t.Error(err)
	}
	for _, pair := range [][2]string{{"", "x"}, {"abc", "abd"}, {strings.Repeat("a", 500), strings.Repeat("a", 499)}} {
		if different([]byte(pair[0]), []byte(pair[1])) == nil {
			t.Errorf("%q and %q count as the same", pair[0], pair[1])
		}
	}
}

func TestRequestsAreWholeForEveryParameter(t *testing.T) {
	k := &known{dockets: []string{"HHDFA185000001S", "NHHFA185000002S"}, officers: []string{"ofc_01C2VJQXR04SG2V6PPMBVH5RC1"}, days: 10}
	r := rand.New(rand.NewPCG(1, 1))
	for _, q := range slices.Concat(questions, screens) {
		one, other := q.parameter(r, k), q.parameter(r, k)
		made, err := q.graphqlRequest("token", one)
		if err != nil {
			t.Fatal(err)
		}
		if q.variable == "" {
			if one != "" || !strings.HasSuffix(string(made.with(nil, other)), `"variables":{}}`) {
				t.Errorf("%s: %q", q.name, made.before)
			}
			continue
		}
		if len(one) != len(other) {
			t.Errorf("%s: %q and %q are not of one length, which the head tells", q.name, one, other)
		}
		for _, request := range []template{made, q.rawRequest("token")} {
			text := string(request.with(nil, other))
			if strings.Count(text, other) != 1 || strings.Contains(text, hole) {
				t.Errorf("%s: %q", q.name, text)
			}
		}
	}
}

func TestTheSameSeedMakesTheSameRows(t *testing.T) {
	text := func(seed uint64, write func(*generator, *rows)) string {
		var b bytes.Buffer
		r := &rows{w: bufio.NewWriter(&b)}
		write(newGenerator(Size{Cases: 200, ActivitiesPerCase: 3, Officers: 5}, seed, []string{"HHD", "NHH"}), r)
		if err := r.w.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for name, write := range map[string]func(*generator, *rows){
		"cases": (*generator).writeCases, "activities": (*generator).writeActivities, "officers": (*generator).writeOfficers, "accounts": (*generator).writeAccounts,
		"deliveries": (*generator).writeDeliveries, "reviews": (*generator).writeReviews, "unrouted addresses": (*generator).writeUnrouted,
	} {
		first, again := text(1, write), text(1, write)
		if first != again {
			t.Errorf("%s differ from run to run", name)
		}
		if first == text(2, write) {
			t.Errorf("%s are the same from another seed", name)
		}
	}
}

func TestJSONByHandEscapesAsGqlgenDoes(t *testing.T) {
	got := string(appendText(nil, []byte("O'Brien \"x\"\\\n\t\x01 Łódź")))
	if want := `"O'Brien \"x\"\\\n\t\u0001 Łódź"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := string(appendDocket(nil, []byte("HHDFA265012345S"))); got != `"HHD-FA-26-5012345-S"` {
		t.Error(got)
	}
	if got := string(appendOfficer(nil, []byte("ofc_1"), []byte("Ana"), []byte("Nuñez"))); got != `{"id":"ofc_1","name":{"display":"Ana Nuñez"}}` {
		t.Error(got)
	}
}
