package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readJSON reads a row from a line of JSON. It is stricter than encoding/json,
// which takes the last of two equal keys, ignores their case, and puts U+FFFD
// where Unicode is broken: each would change a fact in silence. encoding/json
// still says first whether the line is JSON at all.
func (b *builder[T]) readJSON(line []byte) *RowError {
	b.begin(1)
	if !json.Valid(line) {
		return &RowError{Reason: "is not valid JSON" + offset(line)}
	}
	c := cursor{text: string(line)}
	if c.peek() != '{' {
		return &RowError{Reason: "is not a JSON object"}
	}
	if bad := b.readObject(&c, nil, 0); bad != nil {
		return bad
	}
	return b.finish()
}

// offset says where JSON goes wrong. The decoder's own words would repeat a
// character of the row.
func offset(line []byte) string {
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(line, new(json.RawMessage)), &syntax) {
		return fmt.Sprintf(" (byte %d of the line)", syntax.Offset)
	}
	return ""
}

// readObject reads the members of the object at path.
func (b *builder[T]) readObject(c *cursor, path []byte, slot int) *RowError {
	c.skip('{')
	for c.peek() != '}' {
		key, ok := c.string()
		if !ok || strings.ContainsAny(key, ".#") {
			key = "" // no field is called so
		}
		at := path
		if len(at) > 0 {
			at = append(at, '.')
		}
		at = append(at, key...)
		f := b.fields.byPath[string(at)]
		if f == nil || key == "" {
			return unknownField(b.label(string(path), slot), key)
		}
		if _, twice := b.seen[place{f.path, slot}]; twice {
			return &RowError{Field: b.label(f.path, slot), Reason: "stands twice"}
		}
		b.seen[place{f.path, slot}] = false
		c.skip(':')
		if bad := b.readValue(c, f, at, slot); bad != nil {
			return bad
		}
		c.skip(',')
	}
	c.pos++ // the brace
	return nil
}

func (b *builder[T]) readValue(c *cursor, f *field[T], path []byte, slot int) *RowError {
	switch next := c.peek(); {
	case next == 'n':
		c.pos += len("null")
		return nil
	case next == '"' && f.kind == text:
		value, ok := c.string()
		if !ok {
			return &RowError{Field: b.label(f.path, slot), Reason: "holds half of a surrogate pair, or is not valid UTF-8"}
		}
		return b.put(f, slot, value)
	case next == 't' && f.kind == flag:
		c.pos += len("true")
		return b.put(f, slot, "true")
	case next == 'f' && f.kind == flag:
		c.pos += len("false")
		return b.put(f, slot, "false")
	case next == '{' && f.kind == object:
		return b.readObject(c, path, slot)
	case next == '[' && f.kind == list:
		return b.readList(c, f, append(path, ".#"...))
	}
	return &RowError{Field: b.label(f.path, slot), Reason: mustBe[f.kind]}
}

// readList reads the entries of a list; path is that of an entry.
func (b *builder[T]) readList(c *cursor, f *field[T], path []byte) *RowError {
	entry := b.fields.byPath[string(path)]
	c.skip('[')
	for i := 0; c.peek() != ']'; i++ {
		if i == maxProtectedPersons {
			return &RowError{Field: f.path, Reason: tooManyPersons}
		}
		if bad := b.readValue(c, entry, path, i); bad != nil {
			return bad
		}
		c.skip(',')
	}
	c.pos++ // the bracket
	return nil
}

// fieldShaped is what a misspelt field name looks like. Anything else could be
// a person's name in the wrong place, and is not repeated.
var fieldShaped = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,39}(\.[A-Za-z0-9_]{1,40}){0,3}$`)

// unknownField names the field, which stands in the object at path.
func unknownField(path, name string) *RowError {
	if !fieldShaped.MatchString(name) {
		return &RowError{Field: path, Reason: "holds a field that this feed does not have"}
	}
	if path != "" {
		name = path + "." + name
	}
	return &RowError{Field: name, Reason: "is not a field of this feed"}
}

// cursor walks over a text that is known to be JSON.
type cursor struct {
	text string
	pos  int
}

// peek is the next byte that is no space.
func (c *cursor) peek() byte {
	for strings.IndexByte(" \t\r\n", c.text[c.pos]) >= 0 {
		c.pos++
	}
	return c.text[c.pos]
}

// skip passes over the byte if it comes next.
func (c *cursor) skip(b byte) {
	if c.peek() == b {
		c.pos++
	}
}

// string reads the string that comes next. It is not ok if the string is not
// valid Unicode.
func (c *cursor) string() (_ string, ok bool) {
	c.skip('"')
	start := c.pos
	for c.text[c.pos] != '"' {
		if c.text[c.pos] == '\\' {
			c.pos++
		}
		c.pos++
	}
	raw := c.text[start:c.pos]
	c.pos++
	if !utf8.ValidString(raw) {
		return "", false
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw, true
	}
	return unescape(raw)
}

// unescape resolves the escapes of JSON. Half of a surrogate pair is not ok.
func unescape(raw string) (_ string, ok bool) {
	var b strings.Builder
	for len(raw) > 0 {
		plain, rest, escaped := strings.Cut(raw, `\`)
		b.WriteString(plain)
		if !escaped {
			break
		}
		if rest[0] != 'u' {
			b.WriteByte(map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[rest[0]])
			raw = rest[1:]
			continue
		}
		r, rest := codeUnit(rest[1:])
		if utf16.IsSurrogate(r) {
			if !strings.HasPrefix(rest, `\u`) {
				return "", false
			}
			var low rune
			low, rest = codeUnit(rest[2:])
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return "", false
			}
		}
		b.WriteRune(r)
		raw = rest
	}
	return b.String(), true
}

// codeUnit reads four hexadecimal digits.
func codeUnit(s string) (rune, string) {
	n, err := strconv.ParseUint(s[:4], 16, 16)
	if err != nil {
		return utf8.RuneError, s[4:] // cannot be: the text is JSON
	}
	return rune(n), s[4:]
}
