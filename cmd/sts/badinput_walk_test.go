package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// operation is one root field, asked with arguments of which one place is bad.
type operation struct {
	h       *hostile
	kind    ast.Operation
	account string
	field   *ast.FieldDefinition
}

// everyInput tries every bad value in every place of every argument of every
// root field that the SDL has, as a variable and written into the document.
func (h *hostile) everyInput() {
	places := 0
	for _, root := range []struct {
		kind    ast.Operation
		account string
		fields  *ast.Definition
	}{
		{ast.Query, "registry1", h.schema.Query},
		{ast.Mutation, "officer1", h.schema.Mutation},
		{ast.Subscription, "registry1", h.schema.Subscription},
	} {
		for _, field := range root.fields.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			o := operation{h, root.kind, root.account, field}
			if root.kind == ast.Mutation {
				o.account = h.prepare(field.Name)
			}
			h.run(field.Name, func() {
				if got := o.try(nil, may("")); len(got.codesOf()) > 0 && (root.kind != ast.Mutation || o.records()) {
					h.t.Errorf("as it should be it is refused: %.400s", got.body)
				}
				for _, arg := range field.Arguments {
					o.place([]string{arg.Name}, arg.Type, arg.DefaultValue != nil)
					places++
				}
			})
		}
	}
	if places < 20 {
		h.t.Errorf("only %d arguments were found in the SDL", places)
	}
}

// place tries everything that does not belong where path leads.
func (o operation) place(path []string, t *ast.Type, hasDefault bool) {
	named := o.h.schema.Types[t.Name()]
	null := may(`null`)
	if t.NonNull {
		null = must(`null`, invalid)
		if !hasDefault {
			o.try(path, must("", invalid)) // left out
		}
	}
	o.try(path, null)
	for _, value := range paged(path[len(path)-1], o.h.badValues(named, o.kind == ast.Mutation)) {
		if t.Elem != nil && !value.wire {
			value.json = "[" + value.json + "]"
		}
		o.try(path, value)
	}
	if t.Elem != nil {
		good := asJSON(o.h.good(path[len(path)-1], t.Elem))
		o.try(path, may("["+strings.Repeat(good+",", 1000)+good+"]"))
		o.try(path, may(`[]`))
		if t.Elem.NonNull {
			o.try(path, must(`[null]`, invalid))
			o.try(path, must(`[`+good+`,null]`, invalid))
		}
	}
	if named.Kind != ast.InputObject || len(path) > 8 {
		return
	}
	for _, field := range named.Fields {
		o.place(append(slices.Clone(path), field.Name), field.Type, field.DefaultValue != nil)
	}
}

// paged lets what is bad about a page be answered as that, too.
func paged(argument string, values []bad) []bad {
	if !slices.Contains([]string{"first", "after", "last", "before"}, argument) {
		return values
	}
	for i := range values {
		if len(values[i].codes) > 0 && !values[i].wire {
			values[i].codes = append(values[i].codes, "BAD_PAGE")
		}
	}
	return values
}

// try asks with the value at path; without a path, as it should be asked.
func (o operation) try(path []string, value bad) reply {
	o.h.t.Helper()
	arguments := map[string]any{}
	for _, arg := range o.field.Arguments {
		if arg.Type.NonNull {
			arguments[arg.Name] = o.h.good(arg.Name, arg.Type)
		}
		if arg.Name == "first" && (len(path) == 0 || path[0] != "last" && path[0] != "first") {
			arguments[arg.Name] = raw(`1`)
		}
		if arg.Name == "after" && o.kind == ast.Subscription {
			arguments[arg.Name] = raw(quoted(o.h.event))
		}
	}
	if path != nil {
		var types ast.ArgumentDefinitionList = o.field.Arguments
		o.put(arguments, path, types.ForName(path[0]).Type, value.json)
	}
	var declared, used []string
	for _, arg := range o.field.Arguments {
		declared = append(declared, fmt.Sprintf("$%s: %s", arg.Name, arg.Type))
		used = append(used, fmt.Sprintf("%s: $%[1]s", arg.Name))
	}
	head, call := string(o.kind), o.field.Name
	if len(declared) > 0 {
		head, call = head+"("+strings.Join(declared, ", ")+")", call+"("+strings.Join(used, ", ")+")"
	}
	r := o.send(path, value, bodyOf(head+" { "+call+o.selection()+" }", asJSON(arguments)))
	if len(path) == 0 || value.wire || value.json == "" || len(value.json) > 8<<10 {
		return r
	}
	if o.kind == ast.Mutation { // an act of its own
		o.renew(arguments)
	}
	used = nil
	for _, arg := range o.field.Arguments {
		if v, ok := arguments[arg.Name]; ok {
			used = append(used, arg.Name+": "+asLiteral(asJSON(v), o.h.isEnumValue))
		}
	}
	return o.send(path, value, bodyOf(string(o.kind)+" { "+o.field.Name+"("+strings.Join(used, ", ")+")"+o.selection()+" }", ""))
}

// put puts the value where path leads, and takes what stands there away if the
// value is empty.
func (o operation) put(into map[string]any, path []string, t *ast.Type, value string) {
	name := path[0]
	if len(path) == 1 {
		if value == "" {
			delete(into, name)
		} else {
			into[name] = raw(value)
		}
		return
	}
	object, ok := into[name].(map[string]any)
	if list, is := into[name].([]any); is {
		object, ok = list[0].(map[string]any)
	}
	named := o.h.schema.Types[t.Name()]
	if !ok {
		object = map[string]any{}
		for _, field := range named.Fields {
			if field.Type.NonNull {
				object[field.Name] = o.h.good(field.Name, field.Type)
			}
		}
		into[name] = object
		if t.Elem != nil {
			into[name] = []any{object}
		}
	}
	if named.Directives.ForName("oneOf") != nil {
		clear(object)
	} else if named.Fields.ForName("confirm") != nil && path[1] != "confirm" {
		object["confirm"] = o.h.good("confirm", named.Fields.ForName("confirm").Type)
	}
	o.put(object, path[1:], named.Fields.ForName(path[1]).Type, value)
}

// renew gives an input another key.
func (o operation) renew(arguments map[string]any) {
	if input, ok := arguments["input"].(map[string]any); ok {
		if key, ok := input["idempotencyKey"].(json.RawMessage); ok && strings.HasPrefix(string(key), `"bad-input-`) {
			input["idempotencyKey"] = raw(quoted(o.h.key()))
		}
	}
}

func (h *hostile) isEnumValue(s string) bool {
	for _, t := range h.schema.Types {
		if t.Kind == ast.Enum && t.EnumValues.ForName(s) != nil {
			return true
		}
	}
	return false
}

// records tells the recording mutations from the others.
func (o operation) records() bool {
	return o.kind == ast.Mutation && o.h.schema.Types[o.field.Type.Name()].Fields.ForName("activity") != nil
}

// selection asks of the answer what costs a look at the data.
func (o operation) selection() string {
	t := o.h.schema.Types[o.field.Type.Name()]
	switch {
	case o.records():
		return " { activity { id } errors { ... on UserError { code message path } } }"
	case o.kind == ast.Mutation:
		return " { errors { ... on UserError { code message path } } }"
	case t.IsLeafType():
		return ""
	case strings.HasSuffix(t.Name, "Connection"):
		return " { totalCount nodes { __typename } }"
	case t.Fields.ForName("id") != nil:
		return " { __typename id }"
	}
	return " { __typename }"
}

// send sends, and holds the answer to what must become of the value.
func (o operation) send(path []string, value bad, body []byte) reply {
	o.h.t.Helper()
	failed := o.h.t.Failed()
	var r reply
	if o.kind == ast.Subscription {
		r = o.h.firstOf(body, len(value.codes) > 0)
	} else {
		r = o.h.post(o.account, body)
	}
	if len(value.codes) > 0 {
		o.h.wants(r, value.codes...)
	}
	if o.kind == ast.Mutation {
		var payload struct{ Activity *struct{ ID string } }
		if field, ok := r.Data[o.field.Name]; ok && json.Unmarshal(field, &payload) == nil && payload.Activity != nil {
			o.h.done(o.field.Name, payload.Activity.ID)
		}
		if n := o.h.written(); n != o.h.expected {
			o.h.t.Errorf("%d activities, want %d", n, o.h.expected)
			o.h.expected = n
		}
	}
	if o.h.t.Failed() && !failed {
		o.h.t.Logf("the first failure here was with %s = %.100s in %.700s", strings.Join(path, "."), value.json, body)
	}
	return r
}

// firstOf subscribes. If an event is expected it is answered, else only that the
// stream was opened.
func (h *hostile) firstOf(body []byte, expected bool) reply {
	h.t.Helper()
	r := h.build("registry1", http.MethodPost, h.url, body, http.Header{"Accept": {"text/event-stream"}})
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	response, err := http.DefaultClient.Do(r.WithContext(ctx))
	if err != nil {
		h.t.Fatalf("no answer: %v", err)
	}
	defer response.Body.Close()
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream") {
		text, err := io.ReadAll(response.Body)
		if err != nil {
			h.t.Fatal(err)
		}
		return h.judge(response.StatusCode, string(text))
	}
	if !expected {
		return reply{status: response.StatusCode}
	}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			return h.judge(response.StatusCode, data)
		}
	}
	return reply{status: response.StatusCode, body: "a stream that says nothing"}
}

// everyNestedArgument tries every argument of every field of every object that
// can be reached from the root.
func (h *hostile) everyNestedArgument() {
	places := 0
	h.reach(func(route, end string, t *ast.Definition) {
		for _, field := range t.Fields {
			for _, arg := range field.Arguments {
				places++
				first := "first: 1, "
				if arg.Name == "first" || arg.Name == "last" {
					first = ""
				}
				for _, value := range paged(arg.Name, h.badValues(h.schema.Types[arg.Type.Name()], false)) {
					if value.wire || len(value.json) > 8<<10 {
						continue
					}
					r := h.post("registry1", bodyOf("{ "+route+field.Name+"("+first+arg.Name+": "+asLiteral(value.json, h.isEnumValue)+") { totalCount } "+end+" }", ""))
					if len(value.codes) > 0 {
						h.wants(r, value.codes...)
					}
					if h.t.Failed() {
						h.t.Fatalf("%s.%s(%s: %.100s)", t.Name, field.Name, arg.Name, value.json)
					}
				}
			}
		}
	})
	if places < 16 {
		h.t.Errorf("only %d nested arguments were found", places)
	}
}

// reach calls visit with each type of which a query can reach an object, and
// the way to it.
func (h *hostile) reach(visit func(route, end string, t *ast.Definition)) {
	type stop struct {
		route, end string
		t          *ast.Definition
	}
	seen := map[string]bool{"Query": true}
	for queue := []stop{{"", "", h.schema.Query}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at.t != h.schema.Query {
			visit(at.route, at.end, at.t)
		}
		for _, field := range at.t.Fields {
			next := h.schema.Types[field.Type.Name()]
			if next.IsLeafType() || strings.HasPrefix(field.Name, "__") {
				continue
			}
			var arguments []string
			for _, arg := range field.Arguments {
				if arg.Type.NonNull || arg.Name == "first" {
					arguments = append(arguments, arg.Name+": "+asLiteral(asJSON(h.good(arg.Name, arg.Type)), h.isEnumValue))
				}
			}
			call := field.Name
			if len(arguments) > 0 {
				call += "(" + strings.Join(arguments, ", ") + ")"
			}
			for _, possible := range append(h.schema.GetPossibleTypes(next), next) {
				if seen[possible.Name] || possible.Kind == ast.Union || len(at.route) > 1000 {
					continue
				}
				to := stop{at.route + call + " { ... on " + possible.Name + " { ", "} } " + at.end, possible}
				if r := h.post("registry1", bodyOf("{ "+to.route+"here: __typename "+to.end+"}", "")); strings.Contains(r.body, `"here":"`) {
					seen[possible.Name] = true
					queue = append(queue, to)
				}
			}
		}
	}
}
