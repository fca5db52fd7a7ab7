package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A day is played beside the process that serves: whoever watches sees it live,
// and Ctrl-C ends it with a summary.
func TestADayCanBeWatched(t *testing.T) {
	i := install(t)
	i.serve()
	events := i.subscribe(i.token("registry1"), `subscription { serviceEvents { __typename eventId ... on DeliveryChanged { delivery { id recipientKind state } } } }`)

	command := exec.Command(i.binary, "demo", "drive", "--rate", "40/s", "--seed", "4", "--data", i.data)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	t.Cleanup(func() {
		if !ended {
			command.Process.Kill()
			command.Wait()
		}
	})
	seen := map[string]bool{}
	await(t, events, "what officers, the registry's feed and the deliveries bring", func(e event) bool {
		seen[e.Typename+e.Delivery.RecipientKind+e.Delivery.State] = true
		return seen["ActivityRecorded"] && seen["HearingChanged"] && seen["DeliveryChangedLAW_ENFORCEMENT_AGENCYCONFIRMED"]
	})
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	err := command.Wait()
	ended = true
	if err != nil {
		t.Fatalf("after Ctrl-C: %v\n%s", err, &out)
	}
	line := regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d  [A-Z]{3}-(FA|CV)-\d\d-\d{7}-S  (not )?served[:,] [a-z ,:]+ {2,}\S+`)
	if !line.MatchString(out.String()) || !strings.Contains(out.String(), "new cases,") {
		t.Errorf("it said:\n%s", &out)
	}
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}

func TestDrivingNeedsADemonstration(t *testing.T) {
	i := install(t)
	if out, code := i.sts("", "demo", "drive"); code == 0 || !strings.Contains(out, "there is no database") {
		t.Errorf("without a database: %d %s", code, out)
	}
	if _, err := os.Stat(filepath.Join(i.data, "sts.db")); err == nil {
		t.Error("a database was made")
	}
	if out, code := i.sts("", "migrate"); code != 0 {
		t.Fatal(out)
	}
	if out, code := i.sts("", "demo", "drive", "--for", "1s"); code == 0 || !strings.Contains(out, "nothing is ever played on real cases") || strings.Contains(out, "new cases") {
		t.Errorf("on a real database: %d %s", code, out)
	}
	for _, args := range [][]string{
		{}, {"walk"}, {"drive", "now"}, {"drive", "--rate", "12"}, {"drive", "--rate", "0/min"}, {"drive", "--rate", "-1/s"},
		{"drive", "--rate", "NaN/s"}, {"drive", "--rate", "2000/s"}, {"drive", "--rate", "fast"}, {"drive", "--for", "-1s"},
	} {
		if out, code := i.sts("", append([]string{"demo"}, args...)...); code == 0 || strings.TrimSpace(out) == "" {
			t.Errorf("sts demo %v: %d %q", args, code, out)
		}
	}
}
