package gqlhttp

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// maxJSONDepth is how deep arrays and objects may lie in one another: input
// objects of this API are four deep.
const maxJSONDepth = 64

// checkJSON finds what encoding/json would pass over or choke on: text that is
// not UTF-8 and half surrogate pairs (it makes U+FFFD of both, and a name that
// nobody wrote would stand in a court record), and nesting that only costs.
func checkJSON(b []byte) *gqlerror.Error {
	if !utf8.Valid(b) {
		return refusal(terms.BadRequest, "The request is not valid UTF-8.")
	}
	depth := 0
	inString := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '"':
			inString = false
		case inString && c == '\\':
			i++
			if i >= len(b) || b[i] != 'u' {
				continue
			}
			switch unit := hex4(b, i+1); {
			case unit >= 0xD800 && unit < 0xDC00:
				low := hex4(b, i+7)
				if i+6 >= len(b) || b[i+5] != '\\' || b[i+6] != 'u' || low < 0xDC00 || low > 0xDFFF {
					return halfPair()
				}
				i += 6
			case unit >= 0xDC00 && unit <= 0xDFFF:
				return halfPair()
			}
		case inString:
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > maxJSONDepth {
				return refusal(terms.BadRequest, "The request is nested too deep.")
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

func halfPair() *gqlerror.Error {
	return refusal(terms.BadRequest, "The request has half of a surrogate pair in a text.")
}

// hex4 reads the four digits of a \u escape, -1 if they are none: then the
// decoder will say so.
func hex4(b []byte, at int) int {
	if at+4 > len(b) {
		return -1
	}
	n, err := strconv.ParseUint(string(b[at:at+4]), 16, 16)
	if err != nil {
		return -1
	}
	return int(n)
}

// decodeParams reads the parameters of one operation. Names count as they are
// spelled (encoding/json would take QUERY for query), each once; other names
// are left aside, as the specification asks.
func decodeParams(b []byte) (*graphql.RawParams, *gqlerror.Error) {
	if err := checkJSON(b); err != nil {
		return nil, err
	}
	params := &graphql.RawParams{}
	documentID := ""
	seen := map[string]bool{}
	err := eachMember(b, func(name string, value json.RawMessage) *gqlerror.Error {
		if seen[name] {
			return refusal(terms.BadRequest, "A parameter is given twice.")
		}
		seen[name] = true
		switch name {
		case "query":
			return decodeString(name, value, &params.Query)
		case "operationName":
			return decodeString(name, value, &params.OperationName)
		case documentIDKey:
			return decodeString(name, value, &documentID)
		case "variables":
			if namesTwice(value) {
				return refusal(terms.BadRequest, "The variables give one name twice: which value is meant cannot be told.")
			}
			return decodeObject(name, value, &params.Variables)
		case "extensions":
			return decodeObject(name, value, &params.Extensions)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return withDocumentID(params, documentID)
}

// withDocumentID puts the documentId where the gate looks for it, and there
// only: the extensions that clients send cannot set it.
func withDocumentID(params *graphql.RawParams, id string) (*graphql.RawParams, *gqlerror.Error) {
	delete(params.Extensions, documentIDKey)
	if id == "" && params.Query == "" {
		return nil, refusal(terms.BadRequest, "The query is missing.")
	}
	if id != "" {
		if params.Extensions == nil {
			params.Extensions = map[string]any{}
		}
		params.Extensions[documentIDKey] = id
	}
	return params, nil
}

// namesTwice tells whether an object in the JSON has one name twice:
// encoding/json would take the last without a word, and a court record would
// hold what the sender may not have meant.
func namesTwice(b json.RawMessage) bool {
	dec := json.NewDecoder(bytes.NewReader(b))
	type level struct {
		names map[string]bool // nil in an array
		value bool            // the next token is a value, not a name
	}
	var levels []level
	for {
		token, err := dec.Token()
		if err != nil {
			return false // its end, or no JSON: decoding it will say so
		}
		delim, _ := token.(json.Delim)
		if delim == '}' || delim == ']' {
			levels = levels[:len(levels)-1]
			continue
		}
		if n := len(levels); n > 0 && levels[n-1].names != nil {
			if in := &levels[n-1]; !in.value {
				name, _ := token.(string)
				if in.names[name] {
					return true
				}
				in.names[name], in.value = true, true
				continue
			}
			levels[n-1].value = false
		}
		switch delim {
		case '{':
			levels = append(levels, level{names: map[string]bool{}})
		case '[':
			levels = append(levels, level{})
		}
	}
}

var errNotJSON = refusal(terms.BadRequest, "The request is not valid JSON.")

// eachMember calls f for each member of the one object that b must be.
func eachMember(b []byte, f func(name string, value json.RawMessage) *gqlerror.Error) *gqlerror.Error {
	dec := json.NewDecoder(bytes.NewReader(b))
	switch open, err := dec.Token(); {
	case err != nil:
		return errNotJSON
	case open == json.Delim('['):
		return refusal(terms.BadRequest, "A request is one operation: send them one by one.")
	case open != json.Delim('{'):
		return refusal(terms.BadRequest, "The request must be a JSON object.")
	}
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return errNotJSON
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return errNotJSON
		}
		if err := f(name, value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return errNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return refusal(terms.BadRequest, "There is something after the JSON object.")
	}
	return nil
}

// decodeString reads a string or null.
func decodeString(name string, value json.RawMessage, to *string) *gqlerror.Error {
	if string(value) == "null" {
		return nil
	}
	if value[0] != '"' || json.Unmarshal(value, to) != nil {
		return refusal(terms.BadRequest, "The parameter %s must be a string.", name)
	}
	return nil
}

// decodeObject reads an object or null. Numbers stay as they are written:
// gqlgen takes no float64 for an Int.
func decodeObject(name string, value json.RawMessage, to *map[string]any) *gqlerror.Error {
	if string(value) == "null" {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	if bytes.TrimLeft(value, " \t\r\n")[0] != '{' || dec.Decode(to) != nil {
		return refusal(terms.BadRequest, "The parameter %s must be an object.", name)
	}
	return nil
}
