package main_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The drill: a backup is taken while the system runs, the machine is lost, and
// another one goes on from the backup. What was recorded until then is there;
// whoever watched the old log learns that its end is cut off; and an officer who
// sends again what was lost records it.
func TestBackupDrill(t *testing.T) {
	i := install(t)
	i.serve()
	const before, after = "HHD-FA-26-9012346-S", "HHD-FA-26-9012347-S"
	i.importFeed("daybook", daybookRow(before)+daybookRow(after))
	officer := i.token("officer1")
	var first, lost, again recorded
	if err := i.ask(officer, recordService, serviceInput(before, "backup-drill-0001"), &first); err != nil {
		t.Fatal(err)
	}
	var at struct{ LatestEventID string }
	if err := i.ask(officer, `{ latestEventId }`, nil, &at); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sts.backup")
	if out, code := i.sts("", "backup", file); code != 0 || !strings.Contains(out, "is whole") {
		t.Fatalf("sts backup: status %d: %s", code, out)
	}
	if err := i.ask(officer, recordService, serviceInput(after, "backup-drill-0002"), &lost); err != nil {
		t.Fatal(err)
	}
	i.kill()

	other := install(t)
	if out, code := other.sts("", "restore", file); code != 0 || !strings.Contains(out, "new origin") {
		t.Fatalf("sts restore: status %d: %s", code, out)
	}
	if out, code := other.sts("", "restore", file); code != 1 || !strings.Contains(out, "is there already") {
		t.Errorf("restored twice: status %d: %s", code, out)
	}
	if out, code := other.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
	other.serve()
	if _, err := os.Stat(filepath.Join(other.data, "sts.db")); err != nil {
		t.Error(err)
	}
	officer = other.token("officer1")
	r, err := other.request(t.Context(), officer, `subscription($after: EventID) { serviceEvents(after: $after) { eventId } }`,
		map[string]any{"after": at.LatestEventID})
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil || !strings.Contains(string(text), "EVENT_EXPIRED") {
		t.Errorf("going on after an event of the old log: %s, %v", text, err)
	}
	if err := other.ask(officer, recordService, serviceInput(before, "backup-drill-0001"), &again); err != nil {
		t.Fatal(err)
	}
	if again.RecordService.Activity.ID != first.RecordService.Activity.ID {
		t.Errorf("what was recorded before the backup is not there: %+v", again.RecordService)
	}
	if err := other.ask(officer, recordService, serviceInput(after, "backup-drill-0002"), &again); err != nil {
		t.Fatal(err)
	}
	if got := again.RecordService; got.Activity.ID == "" || got.Activity.ID == lost.RecordService.Activity.ID {
		t.Errorf("what was lost cannot be recorded anew: %+v", got)
	}
}
