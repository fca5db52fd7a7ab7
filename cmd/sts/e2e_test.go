package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const recordService = `mutation($input: RecordServiceInput!) {
	recordService(input: $input) {
		activity { id recordedLate registryEntry { kind officerName occurredAt recordedAt } }
		case { serviceStatus }
		errors { __typename ... on UserError { code message } }
	}
}`

type recorded struct {
	RecordService struct {
		Activity struct {
			ID            string
			RecordedLate  bool
			RegistryEntry struct{ Kind, OfficerName, OccurredAt, RecordedAt string }
		}
		Case   struct{ ServiceStatus string }
		Errors []struct{ Code, Message string }
	}
}

// executed is when the services of these tests were executed: the same entry
// sent again is the same to the second.
var executed = time.Now().Add(-20 * time.Minute).Format(time.RFC3339)

func serviceInput(docket, key string) map[string]any {
	return map[string]any{"input": map[string]any{
		"idempotencyKey": key, "docketNumber": docket, "method": "HAND",
		"executedAt": executed, "policeAssistanceRequested": false,
	}}
}

func daybookRow(docket string) string {
	return fmt.Sprintf(`{"courtLocation":"HHD","docketNumber":%q,"respondentFirstName":"José","respondentLastName":"Nuñez","createdAt":%q,"sourceUpdatedAt":%[2]q}`+"\n",
		docket, time.Now().Add(-48*time.Hour).Format(time.RFC3339))
}

func registryRow(docket, order, record string) string {
	return fmt.Sprintf(`{"docketNumber":%q,"orderNumber":%q,"orderKind":"RELIEF_FROM_ABUSE","issuedAt":%q,"exParte":true,"hearingAt":%q,"courtroom":"4A",`+
		`"respondentFirstName":"José","respondentLastName":"Nuñez","respondentHome":{"street":"1 Main Street","town":"Hartford","state":"CT"},`+
		`"protectedPersons":[{"firstName":"Ana","lastName":"Nuñez","home":{"street":"2 Elm Street","town":"Avon","state":"CT"},"work":{"street":"3 Oak Street","town":"Storrs","state":"CT"}}],`+
		`"stateFileNumber":%q,"nationalFileNumber":"N0001","sourceUpdatedAt":%q}`+"\n",
		docket, order, time.Now().Add(-40*time.Hour).Format(time.RFC3339), time.Now().Add(10*24*time.Hour).Format(time.RFC3339), record, time.Now().Add(-40*time.Hour).Format(time.RFC3339))
}

// linesAbout counts the lines of one of the simulator's files about a record.
func (i *installation) linesAbout(file, record string) int {
	i.t.Helper()
	content, err := os.ReadFile(filepath.Join(i.data, "orderfile-simulator", file+".jsonl"))
	if err != nil {
		i.t.Fatal(err)
	}
	return strings.Count(string(content), `"`+record+`"`)
}

// §3(b) §3(c) §3(d) §3(e) §3(f) §4(b): both feeds are imported, service is
// recorded, and within seconds the police, the state file and the national
// file are told, once, while somebody is watching.
func TestTheMainRoad(t *testing.T) {
	i := install(t)
	i.serve()
	registry := i.token("registry1")
	services := i.subscribe(registry, `subscription { serviceEvents { __typename eventId ... on ActivityRecorded { activity { id } } } }`)
	deliveries := i.subscribe(registry, `subscription { deliveryEvents { __typename eventId ... on DeliveryChanged { delivery { id recipientKind state about { id } } } } }`)

	const docket, record = "HHD-FA-26-9012345-S", "H900012301"
	i.importFeed("registry", registryRow(docket, "PO-1", record))
	i.importFeed("daybook", daybookRow(docket))

	var got recorded
	if err := i.ask(i.token("officer1"), recordService, serviceInput(docket, "e2e-main-road-0001"), &got); err != nil {
		t.Fatal(err)
	}
	activity := got.RecordService.Activity.ID
	if activity == "" || got.RecordService.Case.ServiceStatus != "SERVED" || got.RecordService.Activity.RecordedLate {
		t.Fatalf("recordService answered %+v", got)
	}
	entry := got.RecordService.Activity.RegistryEntry
	if at, err := time.Parse(time.RFC3339, entry.OccurredAt); err != nil || at.IsZero() || entry.Kind != "SERVICE" || entry.OfficerName == "" || entry.RecordedAt <= entry.OccurredAt {
		t.Errorf("the registry entry is %+v", entry)
	}
	await(t, services, "event of the recording", func(e event) bool { return e.Activity.ID == activity })

	confirmed := map[string]map[string]bool{} // an event shows the delivery as it stands, so one state can come twice
	await(t, deliveries, "six confirmed deliveries", func(e event) bool {
		if e.Delivery.About.ID == activity && e.Delivery.State == "CONFIRMED" {
			if confirmed[e.Delivery.RecipientKind] == nil {
				confirmed[e.Delivery.RecipientKind] = map[string]bool{}
			}
			confirmed[e.Delivery.RecipientKind][e.Delivery.ID] = true
		}
		// Hartford's, Avon's and the university's police, Troop C, and the two files.
		return len(confirmed["LAW_ENFORCEMENT_AGENCY"]) == 4 && len(confirmed["STATE_PROTECTION_ORDER_FILE"]) == 1 && len(confirmed["NATIONAL_PROTECTION_ORDER_FILE"]) == 1
	})
	pages, err := filepath.Glob(filepath.Join(i.data, "spool", "notices", "dlv_*.pdf"))
	if err != nil || len(pages) != 4 {
		t.Errorf("%d pages in the spool (%v), want 4", len(pages), err)
	}
	for _, file := range []string{"state", "national"} {
		if n := i.linesAbout(file, record); n != 1 {
			t.Errorf("%d changes in the %s file, want 1", n, file)
		}
	}
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}

// Killed without warning under load, the system has lost nothing that it
// acknowledged and doubled nothing, and goes on where it was.
func TestKilledUnderLoad(t *testing.T) {
	i := install(t)
	i.serve()
	officer := i.token("officer1")
	const cases = 40
	var daybook, registry strings.Builder
	docket := func(n int) string { return fmt.Sprintf("HHD-FA-26-8%06d-S", n) }
	record := func(n int) string { return fmt.Sprintf("H8000%03d01", n) }
	for n := range cases {
		daybook.WriteString(daybookRow(docket(n)))
		registry.WriteString(registryRow(docket(n), "PO-1", record(n)))
	}
	i.importFeed("daybook", daybook.String())
	i.importFeed("registry", registry.String())

	var mu sync.Mutex
	acknowledged := map[int]string{}
	var load sync.WaitGroup
	enough := make(chan struct{})
	for worker := range 4 {
		load.Go(func() {
			for n := worker; n < cases; n += 4 {
				var got recorded
				if err := i.ask(officer, recordService, serviceInput(docket(n), fmt.Sprintf("e2e-killed-%08d", n)), &got); err != nil {
					return // the server is gone
				}
				mu.Lock()
				acknowledged[n] = got.RecordService.Activity.ID
				if len(acknowledged) == cases/2 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	i.kill()
	load.Wait()

	i.serve()
	deliveries := i.subscribe(i.token("registry1"), `subscription { deliveryEvents(after: "`+i.firstEvent()+`") { __typename eventId ... on DeliveryChanged { delivery { id recipientKind state about { id } } } } }`)
	ours := map[string]bool{}
	for n := range cases { // the phones send again what was not answered
		var got recorded
		if err := i.ask(officer, recordService, serviceInput(docket(n), fmt.Sprintf("e2e-killed-%08d", n)), &got); err != nil {
			t.Fatal(err)
		}
		id := got.RecordService.Activity.ID
		if id == "" || acknowledged[n] != "" && acknowledged[n] != id {
			t.Errorf("case %d was acknowledged as %q and is now %q: %+v", n, acknowledged[n], id, got.RecordService.Errors)
		}
		ours[id] = true
	}
	national := map[string]bool{}
	await(t, deliveries, "confirmation of every national update", func(e event) bool {
		if ours[e.Delivery.About.ID] && e.Delivery.RecipientKind == "NATIONAL_PROTECTION_ORDER_FILE" && e.Delivery.State == "CONFIRMED" {
			national[e.Delivery.About.ID] = true
		}
		return len(national) >= cases
	})
	for n := range cases {
		for _, file := range []string{"state", "national"} {
			if lines := i.linesAbout(file, record(n)); lines != 1 {
				t.Errorf("case %d: %d changes in the %s file, want 1", n, lines, file)
			}
		}
	}
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}

// firstEvent is the id of the position before the first event.
func (i *installation) firstEvent() string {
	i.t.Helper()
	var data struct{ LatestEventID string }
	if err := i.ask(i.token("registry1"), `{ latestEventId }`, nil, &data); err != nil {
		i.t.Fatal(err)
	}
	origin, position, ok := strings.Cut(data.LatestEventID, "-")
	if !ok {
		i.t.Fatalf("latestEventId is %q", data.LatestEventID)
	}
	return origin + "-" + strings.Repeat("0", len(position))
}

func TestWhatCannotStartSaysWhy(t *testing.T) {
	i := install(t)
	i.serve()
	port := strings.TrimSuffix(strings.TrimPrefix(i.url, "http://"), "/graphql")
	out, code := i.sts("", "serve", "--listen", port)
	if code == 0 || !strings.Contains(out, "cannot serve on") {
		t.Errorf("a port in use: status %d: %s", code, out)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = i.sts("", "migrate", "--data", file)
	if code == 0 || !strings.Contains(out, "data directory") {
		t.Errorf("a data directory that cannot be: status %d: %s", code, out)
	}
	if out, code = i.sts("", "nonsense"); code == 0 || !strings.Contains(out, "no subcommand") {
		t.Errorf("an unknown subcommand: status %d: %s", code, out)
	}
}

func TestASecondStartIsQuickAndAStopIsClean(t *testing.T) {
	i := install(t)
	i.serve()
	stop := func() {
		t.Helper()
		if err := i.process.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if err := i.process.Wait(); err != nil {
			t.Errorf("after Ctrl-C: %v\n%s", err, i.output)
		}
	}
	i.subscribe(i.token("registry1"), `subscription { serviceEvents { eventId } }`) // a stream must not hold it up
	stop()
	before, err := os.Stat(filepath.Join(i.data, "sts.db"))
	if err != nil {
		t.Fatal(err)
	}
	i.serve()
	stop()
	after, err := os.Stat(filepath.Join(i.data, "sts.db"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the second start made a new database (%v)", err)
	}
}

func TestABadRowIsReportedAndTheGoodOnesKept(t *testing.T) {
	i := install(t)
	i.serve()
	rows := daybookRow("HHD-FA-26-7000001-S") + `{"docketNumber":"nonsense"}` + "\n" + daybookRow("HHD-FA-26-7000002-S")
	out, code := i.sts(rows, "import", "daybook", "-")
	if code != 3 || !strings.Contains(out, "line 2") || !strings.Contains(out, "2 new") || !strings.Contains(out, "1 bad") {
		t.Errorf("status %d: %s", code, out)
	}
	if out := i.importFeed("daybook", daybookRow("HHD-FA-26-7000001-S")); !strings.Contains(out, "0 new") {
		t.Errorf("imported again: %s", out)
	}
}
