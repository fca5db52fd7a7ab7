package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// reminded is what an account reads of its reminders.
type reminded struct {
	Viewer struct {
		Reminders struct {
			Nodes []struct {
				ID, Rule, Message string
				Open              bool
				Case              struct{ DocketNumber string }
				Delivery          struct{ RecipientKind string }
			}
		}
	}
}

const askReminders = `{ viewer { reminders(first: 100) { nodes { id rule message open case { docketNumber } delivery { recipientKind } } } } }`

// §5(b), §5(c): the hearing is tomorrow, and nothing says that the papers were
// served. The system was down when that became so. When it is up again, the
// officer who holds them is told what to do; the registry section hears of the
// case of which nobody has the papers; and when he has done it, he reads that it
// is settled.
func TestAnOfficerIsReminded(t *testing.T) {
	i := install(t)
	i.cases = 1 // for the accounts: of a fuller year the registry section has had its reminder of today
	i.serve()
	officer, registry := i.token("officer1"), i.token("registry1")
	const his, nobodys = "HHD-FA-26-9100001-S", "HHD-FA-26-9100002-S"
	i.importFeed("daybook", daybookRow(his)+daybookRow(nobodys))
	const attempt = `mutation($input: RecordAttemptInput!) { recordAttempt(input: $input) { errors { ... on UserError { code message } } } }`
	record := func(key string, last bool) {
		t.Helper()
		var got struct {
			RecordAttempt struct {
				Errors []struct{ Code, Message string }
			}
		}
		at := time.Now().Format(time.RFC3339Nano)
		err := i.ask(officer, attempt, map[string]any{"input": map[string]any{
			"idempotencyKey": key, "docketNumber": his, "reason": "NO_ANSWER", "lastAttemptedAt": at, "policeAssistanceRequested": false, "noFurtherAttempt": last,
		}}, &got)
		if err != nil || len(got.RecordAttempt.Errors) > 0 {
			t.Fatal(err, got)
		}
	}
	record("e2e-reminded-0001", false)
	i.kill()
	// Tomorrow in court, and it was set today: an attempt made before is none.
	tomorrow := terms.DateOf(time.Now()).AddDays(1).Start().Add(10 * time.Hour)
	row := func(docket string) string {
		return fmt.Sprintf(`{"docketNumber":%q,"orderNumber":"","orderKind":"RELIEF_FROM_ABUSE","hearingAt":%q,"courtroom":"4A","respondentFirstName":"José","respondentLastName":"Nuñez","sourceUpdatedAt":%q}`+"\n",
			docket, tomorrow.Format(time.RFC3339), time.Now().Format(time.RFC3339))
	}
	later := strings.ReplaceAll(row(his), tomorrow.Format(time.RFC3339), tomorrow.AddDate(0, 0, 9).Format(time.RFC3339))
	i.importFeed("registry", later)
	i.importFeed("registry", row(his)+row(nobodys))

	i.serve()
	read := func(token string) (got reminded) {
		t.Helper()
		if err := i.ask(token, askReminders, nil, &got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	var mine reminded
	for end := time.Now().Add(time.Minute); ; {
		mine = read(officer)
		if n := len(mine.Viewer.Reminders.Nodes); n > 0 && mine.Viewer.Reminders.Nodes[0].Case.DocketNumber == his {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the officer reads %+v", mine)
		}
	}
	first := mine.Viewer.Reminders.Nodes[0]
	if first.Rule != "HEARING_NEAR" || !first.Open || !strings.Contains(first.Message, "record an attempt") || first.Delivery.RecipientKind != "ACCOUNT" {
		t.Errorf("the officer reads %+v", first)
	}
	// What the registry section is told goes out at any hour.
	deliveries := i.subscribe(registry, `subscription { deliveryEvents(after: "`+i.firstEvent()+`") { __typename eventId ... on DeliveryChanged { delivery { id recipientKind state } } } }`)
	sent := ""
	await(t, deliveries, "a reminder to the registry section", func(e event) bool {
		if e.Delivery.RecipientKind == "ACCOUNT" && e.Delivery.State == "CONFIRMED" {
			sent = e.Delivery.ID
		}
		return sent != ""
	})
	for _, ending := range []string{".txt", ".json"} {
		text, err := os.ReadFile(filepath.Join(i.data, "spool", "reminders", sent+ending))
		if err != nil || !strings.Contains(string(text), "service board") || strings.Contains(string(text), "Nuñez") {
			t.Errorf("its file %s: %s %v", ending, text, err)
		}
	}

	record("e2e-reminded-0002", true)
	if got := read(officer).Viewer.Reminders.Nodes[0]; got.ID != first.ID || got.Open {
		t.Errorf("when it is settled the officer reads %+v", got)
	}
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}
