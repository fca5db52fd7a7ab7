package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/terms"
)

// bad is a value of a type, as JSON, and what must become of it.
type bad struct {
	json string
	// codes of which the refusal has one; empty: it may be taken, or refused
	// with any documented code.
	codes []string
	// wire values are broken JSON or Unicode: they cannot stand in a document.
	wire bool
}

func must(json string, codes ...string) bad { return bad{json: json, codes: codes} }
func may(json string) bad                   { return bad{json: json} }

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string
	}
	return string(text)
}

// Codes of the kinds of refusal.
const (
	invalid = "VALIDATION_FAILED"
	request = "BAD_REQUEST"
)

// notText is what is never a string, whatever the type. Numbers are not among
// it: in variables gqlgen takes them for the text that they are written as.
var notText = []string{`true`, `{"a":"` + secret + `"}`, `[["` + secret + `"]]`}

// broken is text that is no Unicode, in any place.
var broken = []bad{
	{`"\ud800"`, []string{request}, true},
	{`"\udc00\ud800"`, []string{request}, true},
	{"\"\xff\xfe\"", []string{request}, true},
	{"\"\xed\xa0\x80\"", []string{request}, true}, // a surrogate in UTF-8
	{"\"\xc0\xaf\"", []string{request}, true},     // a slash, overlong
	{"\"raw\x01control\"", []string{request}, true},
	{`"\u12"`, []string{request}, true},
	{`01`, []string{request}, true},
	{`NaN`, []string{request}, true},
}

// strange is text that a filter may take and find nothing, and that what is
// recorded may keep or refuse.
var strange = []string{
	"", " ", secret, "\x00", "a\x00b", "bell\a", "\x7f", "\u0085", "\u2028", "\ufffd", "\ufeff", "\u202eevil", "a\u200fb", "\u2066x\u2069",
	"' OR 1=1 --", `\`, "%", "_", "*", "[a-z]", "?", "😀", "e\u0301", "\U000e0041", "\U0010ffff", "ß", "İ", "{{.}}", "<script>", "${x}", "../../etc",
	strings.Repeat("x", 4001), strings.Repeat("é", 100_000), strings.Repeat("A", 100_000), strings.Repeat("\u0301", 5000), strings.Repeat("*a", 2000), strings.Repeat("[", 3000),
}

// badDates are refused wherever an instant or a day is asked for.
var badDates = []string{
	"", " ", secret, "now", "2026-11-24T21:40:00", "2026-11-24 21:40:00-05:00", "2016-12-31T23:59:60Z", "1999-12-31T23:59:59Z",
	"2201-01-01T00:00:00Z", "2026-02-30T12:00:00Z", "2026-11-24T24:00:00Z", "2026-11-24T21:40Z", "2026-11-24T21:40:00+25:00", "2026-11-24T21:40:00-05",
	"+2026-11-24T21:40:00Z", "2026-W48-2", "1999-12-31", "2201-01-01", "2026-13-01", "2026-02-29", "24.11.2026", "20261124", "-001-01-01",
	"2026-11-24T21:40:00.0000000001Z", "2026-11-24T21:40:00Z\x00", "２０２６-11-24T21:40:00Z", strings.Repeat("9", 5000),
}

var badDockets = []string{
	"", " ", "-", secret, "HHD", "HHD-FA-26-5012345", "HHD-FA-26-5012345-SS", "HHD-XX-26-5012345-S", "1HD-FA-26-5012345-S", "HHD-FA-2X-5012345-S",
	"HHD-FA-26-501234-S", "HHD/FA/26/5012345/S", "HHD-FA-26-5012345-S\x00", "HHD-FA-26-５012345-S", "ННD-FA-26-5012345-S", "HHD-FA-26-5012345-S\u202e",
	"' OR '1'='1", strings.Repeat("H", 65), strings.Repeat("HHD-FA-26-5012345-S", 500),
}

var badIDs = []string{
	"", " ", secret, "rcs", "rcs_", "rcs_01", "_01ARZ3NDEKTSV4RRFFQ69G5FAV", "RCS_01ARZ3NDEKTSV4RRFFQ69G5FAV", "rcs_01arz3ndektsv4rrffq69g5fav",
	"rcs_01ARZ3NDEKTSV4RRFFQ69G5FAVX", "rcs_01ARZ3NDEKTSV4RRFFQ69G5FA\x00", "rcs-01ARZ3NDEKTSV4RRFFQ69G5FAV", "1", "00000000-0000-0000-0000-000000000000",
	"rcs_' OR 1=1 ------------------", strings.Repeat("rcs_", 2000),
	"rrw_01ARZ3NDEKTSV4RRFFQ69G5FAV", "xyz_01ARZ3NDEKTSV4RRFFQ69G5FAV", // nothing that can be asked for
}

var badKeys = []string{
	"", "short", strings.Repeat("k", 15), strings.Repeat("k", 65), strings.Repeat("k", 100_000), "key with spaces in it", "key-with-ünicode-000",
	"key-with-control\x00", "key/with/slashes/00", "key.with.dots.00000", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
}

var badInts = []string{`0`, `101`, `-1`, `99999999`, `2147483647`, `2147483648`, `4294967297`, `-2147483649`, `9223372036854775808`, `1e999`, `1.5`, `-0.1`, `1e400000`, strings.Repeat("9", 400)}

// badValues are the values to try where the SDL asks for the named type.
// recorded is true where the text would be kept for ever.
func (h *hostile) badValues(named *ast.Definition, recorded bool) []bad {
	var all []bad
	each := func(texts []string, codes ...string) {
		for _, text := range texts {
			all = append(all, must(quoted(text), codes...))
		}
	}
	other := func(codes ...string) {
		for _, value := range notText {
			all = append(all, must(value, append(codes, invalid)...))
		}
	}
	switch {
	case named.Kind == ast.Enum:
		each([]string{"", secret, "null", strings.ToLower(named.EnumValues[0].Name), " " + named.EnumValues[0].Name}, invalid)
		other()
	case named.Kind == ast.InputObject:
		all = append(all, must(`"`+secret+`"`, invalid), must(`1`, invalid), must(`true`, invalid), must(`[[]]`, invalid), must(`{"noSuchField":"`+secret+`"}`, invalid))
	case named.Name == "String":
		for _, text := range strange {
			all = append(all, may(quoted(text)))
		}
		if recorded {
			each([]string{"a\x00b", "bell\a", "\x7f", "\u202eevil", "a\u200fb", "\u2066x\u2069", "x\u2028x", "x\ufffd", strings.Repeat("x", 4001), strings.Repeat("😀", 50_000)}, "BAD_TEXT", "TOO_LONG")
		}
		all = append(all, may(`42`), may(`4.5`))
		other()
	case named.Name == "ID":
		each(badIDs, "BAD_ID")
		all = append(all, must(`42`, "BAD_ID"), must(`4.5`, "BAD_ID", invalid))
		other("BAD_ID")
	case named.Name == "Boolean":
		each([]string{"true", "", secret}, invalid)
		for _, value := range []string{`0`, `1`, `{}`, `[[true]]`} {
			all = append(all, must(value, invalid))
		}
	case named.Name == "Int":
		for _, value := range badInts {
			all = append(all, must(value, "BAD_PAGE", invalid, "QUERY_TOO_COSTLY"))
		}
		each([]string{"", secret, "0x10"}, invalid)
		all = append(all, must(`true`, invalid), must(`{}`, invalid), must(`[[1]]`, invalid))
	case named.Name == "DateTime":
		each(append(badDates, "2026-11-24"), "BAD_DATE_TIME")
		other("BAD_DATE_TIME")
	case named.Name == "Date":
		each(append(badDates, "2026-11-24T00:00:00Z", "2026-11-24 "), "BAD_DATE_TIME")
		other("BAD_DATE_TIME")
	case named.Name == "DocketNumber":
		each(badDockets, "BAD_DOCKET_NUMBER")
		other("BAD_DOCKET_NUMBER")
	case named.Name == "IdempotencyKey":
		each(badKeys, invalid)
		other()
	case named.Name == "EventID":
		each([]string{"", secret, "-", "0-0", "-1", h.event + "x", "x" + h.event, strings.ToUpper(h.event) + "\x00", strings.Repeat("9", 201), strings.Repeat("z", 10_000), h.event[:len(h.event)/2]}, "EVENT_EXPIRED", invalid)
		other("EVENT_EXPIRED")
	default: // a scalar that came later
		for _, text := range strange {
			all = append(all, may(quoted(text)))
		}
		other()
	}
	return append(all, broken...)
}

// good is a value that the server takes, as JSON.
func (h *hostile) good(name string, t *ast.Type) any {
	if t.Elem != nil {
		if t.Name() == "Confirmation" {
			return raw(`["ALREADY_SERVED","BEFORE_CASE_EXISTED","RESPONDENT_MISMATCH","OFFICER_NOT_LISTED"]`)
		}
		return []any{h.good(name, t.Elem)}
	}
	named := h.schema.Types[t.NamedType]
	switch {
	case named.Kind == ast.Enum:
		return raw(quoted(named.EnumValues[0].Name))
	case named.Directives.ForName("oneOf") != nil:
		// Papers that go to a name have no holder: whoever has them can give them on.
		field := named.Fields[0]
		if name := named.Fields.ForName("officerName"); name != nil {
			field = name
		}
		return map[string]any{field.Name: h.good(field.Name, &ast.Type{NamedType: field.Type.NamedType})}
	case named.Kind == ast.InputObject:
		object := map[string]any{}
		for _, field := range named.Fields {
			if field.Type.NonNull {
				object[field.Name] = h.good(field.Name, field.Type)
			}
		}
		return object
	}
	switch named.Name {
	case "ID":
		return raw(quoted(h.goodID(name)))
	case "Boolean":
		return raw(`false`)
	case "Int":
		if name == "year" {
			return raw(`2026`)
		}
		return raw(`1`)
	case "DateTime":
		return raw(quoted(time.Now().Add(-10 * time.Minute).Format(time.RFC3339)))
	case "Date":
		if name == "to" { // a period ends after it begins
			return raw(quoted(time.Now().AddDate(0, 0, 1).Format(time.DateOnly)))
		}
		return raw(quoted(time.Now().Format(time.DateOnly)))
	case "DocketNumber":
		return raw(quoted(h.docket))
	case "IdempotencyKey":
		return raw(quoted(h.key()))
	case "EventID":
		return raw(quoted(h.event))
	}
	if name == "courtLocation" {
		return raw(quoted(h.docket[:3]))
	}
	return raw(`"a"`)
}

func (h *hostile) goodID(name string) string {
	switch lower := strings.ToLower(name); {
	case lower == "asofficerid":
		return h.ids["own"]
	case lower == "activityid":
		return h.standing()
	case lower == "transferid":
		return h.ids["transfer"]
	case strings.Contains(lower, "officer"), strings.Contains(lower, "holder"):
		return h.ids[terms.OfficerPrefix]
	case strings.Contains(lower, "agency"):
		return h.ids[terms.AgencyPrefix]
	case lower == "deliveryid":
		return string(terms.NewID(terms.DeliveryPrefix))
	case lower == "unroutedaddressid":
		return string(terms.NewID(terms.UnroutedPrefix))
	case strings.Contains(lower, "account"):
		return h.ids[terms.AccountPrefix]
	}
	return h.ids[terms.CasePrefix]
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

// asJSON writes a value without minding whether it is any.
func asJSON(value any) string {
	switch v := value.(type) {
	case json.RawMessage:
		return string(v)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = asJSON(element)
		}
		return "[" + strings.Join(parts, ",") + "]"
	case map[string]any:
		var parts []string
		for name, member := range v {
			parts = append(parts, quoted(name)+":"+asJSON(member))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	panic(fmt.Sprintf("a value of type %T", value))
}

// asLiteral writes JSON as a value of a document. Text of an enum stands there
// bare, if it can.
func asLiteral(text string, enum func(string) bool) string {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		panic(err)
	}
	return literal(value, enum)
}

func literal(value any, enum func(string) bool) string {
	switch v := value.(type) {
	case string:
		if enum(v) {
			return v
		}
		return quoted(v)
	case []any:
		parts := make([]string, len(v))
		for i, element := range v {
			parts[i] = literal(element, enum)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for name, member := range v {
			parts = append(parts, name+": "+literal(member, enum))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}
