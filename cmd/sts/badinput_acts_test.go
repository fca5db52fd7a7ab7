package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// prepare opens a case of its own for each recording mutation, so that none
// grows long, and answers the account that tries it.
func (h *hostile) prepare(mutation string) string {
	h.t.Helper()
	h.cases++
	h.docket = fmt.Sprintf("HHD-FA-26-66001%02d-S", h.cases)
	h.importFeed("daybook", daybookRow(h.docket))
	h.ids[terms.ActivityPrefix] = ""
	switch mutation {
	case "recordManualEntry", "retryDelivery", "confirmDelivery", "abandonDelivery", "assignAgency", "setAgencyContact", "reviewActivity":
		return "registry1"
	case "acknowledgeTransfer":
		h.ids["transfer"] = h.record("registry1", "recordManualEntry", map[string]any{
			"onBehalfOfOfficerId": h.ids[terms.OfficerPrefix], "reportedVia": "EMAIL", "reportedAt": time.Now().Format(time.RFC3339),
			"respondentFirstName": "a", "respondentLastName": "a",
			"entry": map[string]any{"transfer": map[string]any{"to": map[string]any{"officerId": h.ids["own"]}, "transferredAt": time.Now().Add(-time.Minute).Format(time.RFC3339)}},
		})
	}
	return "officer1"
}

// record records what must succeed, on the case that is open, and answers the
// activity's id.
func (h *hostile) record(account, mutation string, input map[string]any) string {
	h.t.Helper()
	input["idempotencyKey"], input["docketNumber"] = h.key(), h.docket
	input["confirm"] = []string{"ALREADY_SERVED", "BEFORE_CASE_EXISTED", "RESPONDENT_MISMATCH"}
	variables, err := json.Marshal(map[string]any{"input": input})
	if err != nil {
		h.t.Fatal(err)
	}
	name := strings.ToUpper(mutation[:1]) + mutation[1:]
	r := h.post(account, bodyOf(`mutation($input: `+name+`Input!) { `+mutation+`(input: $input) { activity { id } errors { ... on UserError { code } } } }`, string(variables)))
	var payload struct{ Activity struct{ ID string } }
	if err := json.Unmarshal(r.Data[mutation], &payload); err != nil || payload.Activity.ID == "" {
		h.t.Fatalf("%s: %s", mutation, r.body)
	}
	h.expected++
	return payload.Activity.ID
}

// standing is an activity of officer1 that was neither corrected nor withdrawn.
func (h *hostile) standing() string {
	h.t.Helper()
	if h.ids[terms.ActivityPrefix] == "" {
		h.ids[terms.ActivityPrefix] = h.record("officer1", "recordReceipt", map[string]any{"receivedAt": time.Now().Add(-time.Minute).Format(time.RFC3339)})
	}
	return h.ids[terms.ActivityPrefix]
}

// done takes note that a mutation was not refused.
func (h *hostile) done(mutation, activity string) {
	switch mutation {
	case "acknowledgeTransfer", "reviewActivity":
		return // which writes no activity
	case "correctActivity":
		h.ids[terms.ActivityPrefix] = activity
	case "withdrawActivity":
		h.ids[terms.ActivityPrefix] = ""
	}
	h.expected++
}
