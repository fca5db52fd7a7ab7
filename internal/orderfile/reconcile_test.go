package orderfile

import (
	"testing"
	"time"
)

func TestReconcile(t *testing.T) {
	start := time.Date(2026, 11, 25, 2, 40, 3, 700_000_000, time.UTC)
	second := start.Truncate(time.Second) // the files tell no more
	ours := ServiceValues{"1", "20261124", "2140"}
	corrected := ServiceValues{"1", "20261124", "2115"}
	none := ServiceValues{}
	record := func(file File, v ServiceValues, seq string, at time.Time) Record {
		return Record{File: file, OnFile: true, Values: v, Sequence: seq, LastUpdated: at}
	}
	state := func(v ServiceValues, at time.Time) []Record { return []Record{record(StateFile, v, "7", at)} }
	for name, c := range map[string]struct {
		file    File
		last    string
		skew    time.Duration
		replies []Record
		want    Verdict
		ours    bool
	}{
		"it was applied in the same second":           {replies: state(ours, second), want: ConfirmedByInquiry, ours: true},
		"it was applied later":                        {replies: state(ours, start.Add(time.Minute)), want: ConfirmedByInquiry, ours: true},
		"it was so already":                           {replies: state(ours, second.Add(-time.Second)), want: ConfirmedByInquiry},
		"it was so already, by the sequence":          {last: "7", replies: state(ours, second), want: ConfirmedByInquiry},
		"never applied: the record is older":          {replies: state(corrected, second.Add(-time.Second)), want: SendAgain},
		"never applied: no service known at all":      {replies: state(none, time.Time{}), want: SendAgain},
		"never applied: our own last change":          {last: "7", replies: state(corrected, start.Add(time.Second)), want: SendAgain},
		"somebody else wrote afterwards":              {replies: state(corrected, start.Add(time.Second)), want: SomebodyElseWrote},
		"in the same second: a person looks":          {replies: state(corrected, second), want: SomebodyElseWrote},
		"the file's clock is behind: a person looks":  {skew: time.Minute, replies: state(corrected, second.Add(-time.Minute)), want: SomebodyElseWrote},
		"older even if the file's clock is behind":    {skew: time.Minute, replies: state(corrected, second.Add(-time.Minute-1)), want: SendAgain},
		"there is no such record":                     {replies: []Record{{File: StateFile}}, want: NotInFile},
		"no file answered":                            {want: NoAnswer},
		"only the other file answered":                {replies: []Record{record(NationalFile, ours, "9", start)}, want: NoAnswer},
		"§3(f): the national record has no time":      {file: NationalFile, replies: []Record{record(NationalFile, ours.in(NationalFile), "9", start)}, want: ConfirmedByInquiry, ours: true},
		"§3(f): a new time only changes nothing here": {file: NationalFile, replies: []Record{record(NationalFile, corrected.in(NationalFile), "9", second.Add(-time.Hour))}, want: ConfirmedByInquiry},
		"§3(f): never forwarded":                      {file: NationalFile, replies: append(state(ours, start), record(NationalFile, none, "9", time.Time{})), want: SendAgain},
		"of two replies the later counts":             {replies: append(state(none, time.Time{}), state(ours, start)...), want: ConfirmedByInquiry, ours: true},
	} {
		if c.file == "" {
			c.file = StateFile
		}
		got := Reconcile(Known{File: c.file, AttemptStarted: start, Values: ours, LastSequence: c.last, Skew: c.skew}, c.replies)
		if got.Verdict != c.want || got.Ours != c.ours {
			t.Errorf("%s: %s, ours %t; want %s, %t", name, got.Verdict, got.Ours, c.want, c.ours)
		}
		if (got.Record == nil) != (got.Verdict == NoAnswer) {
			t.Errorf("%s: a verdict without its evidence", name)
		}
	}
}

func TestCodeClasses(t *testing.T) {
	for code, want := range map[Code]Class{
		"R01": ClassOurs, "R02": ClassData, "R03": ClassData, "R04": ClassData, "R05": ClassGood, "R06": ClassSetUp,
		"R07": ClassData, "R08": ClassOurs, "R09": ClassPassing, "N01": ClassOurs, "N02": ClassOurs, "N03": ClassPassing,
		"S01": ClassGood, "S02": ClassGood, "S04": ClassPassing, "R99": ClassUnknown, "": ClassUnknown, "r02": ClassUnknown,
	} {
		if got := code.Class(); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
	}
}
