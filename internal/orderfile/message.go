package orderfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
)

// header begins every body: who designed the message, and its version.
const header = "STSCT001"

// maxValue bounds one value, in characters; the longest field known is 1,000.
const maxValue = 1_000

// ErrBadMessage says that a body is not one of ours.
var ErrBadMessage = errors.New("not a message")

// ControlNumber is the reference that we give a message and that comes back on
// every answer to it. One per delivery, shared by all its attempts: it is what
// tells, after a crash, which answer belongs to what. Ten of
// 0123456789ABCDEFGHJKMNPQRSTVWXYZ, so that it can be read out by telephone.
type ControlNumber string

const (
	controlLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	controlLength  = 10
)

// NewControlNumber draws fifty random bits. The caller keeps it unique.
func NewControlNumber() ControlNumber {
	var b [controlLength]byte
	_, _ = rand.Read(b[:]) // it never fails: crypto/rand ends the program instead
	for i, c := range b {
		b[i] = controlLetters[c%byte(len(controlLetters))]
	}
	return ControlNumber(b[:])
}

func (c ControlNumber) valid() bool {
	return len(c) == controlLength && strings.Trim(string(c), controlLetters) == ""
}

// Field is one TAG/value.
type Field struct{ Tag, Value string }

// Fields are in the order in which they are written. A tag occurs once.
type Fields []Field

// Get answers the value of a tag, and whether the tag is there: a tag with an
// empty value clears what the record has.
func (fs Fields) Get(tag string) (string, bool) {
	for _, f := range fs {
		if f.Tag == tag {
			return f.Value, true
		}
	}
	return "", false
}

func (fs Fields) value(tag string) string {
	v, _ := fs.Get(tag)
	return v
}

// Message is a body: STSCT001.<REF>.<from>.<key>.[<subject>.]<TAG>/<value>.…
type Message struct {
	ControlNumber ControlNumber // empty when nobody asked (STS)
	From          string        // our user, or the file that answers
	Key           string        // MPO, MTO, ZPO; ACK, REJ, REC, STS
	Subject       string        // of ours the ORI; of an ACK the key it answers
	Fields        Fields
}

// Encode writes the body. It refuses every part that could be read as another
// one, whatever its maker did or forgot.
func (m Message) Encode() ([]byte, error) {
	if m.ControlNumber != "" && !m.ControlNumber.valid() {
		return nil, fmt.Errorf("%w: control number %q", ErrBadMessage, m.ControlNumber)
	}
	var b strings.Builder
	b.WriteString(header + "." + string(m.ControlNumber) + ".")
	words := []string{m.From, m.Key}
	if m.Subject != "" {
		words = append(words, m.Subject)
	}
	for _, word := range words {
		if !isWord(word) {
			return nil, fmt.Errorf("%w: part %q", ErrBadMessage, word)
		}
		b.WriteString(word + ".")
	}
	if err := m.Fields.encode(&b); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

// ParseMessage reads a body and accepts nothing that [Message.Encode] would
// not have written.
func ParseMessage(body []byte) (Message, error) {
	text, ok := strings.CutSuffix(string(body), ".")
	parts := strings.Split(text, ".")
	if !ok || len(parts) < 4 || parts[0] != header {
		return Message{}, fmt.Errorf("%w: it does not begin with %s.REF.FROM.KEY", ErrBadMessage, header)
	}
	m := Message{ControlNumber: ControlNumber(parts[1]), From: parts[2], Key: parts[3]}
	parts = parts[4:]
	if len(parts) > 0 && !strings.Contains(parts[0], "/") {
		m.Subject, parts = parts[0], parts[1:]
		if m.Subject == "" {
			return Message{}, fmt.Errorf("%w: an empty part", ErrBadMessage)
		}
	}
	var err error
	if m.Fields, err = parseFields(parts); err != nil {
		return Message{}, err
	}
	if _, err := m.Encode(); err != nil { // one grammar, checked in one place
		return Message{}, err
	}
	return m, nil
}

// encode writes TAG/value.TAG/value. as bodies of type M, C and N have them.
func (fs Fields) encode(b *strings.Builder) error {
	seen := make(map[string]bool, len(fs))
	for _, f := range fs {
		if len(f.Tag) < 3 || len(f.Tag) > 4 || strings.Trim(f.Tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || seen[f.Tag] {
			return fmt.Errorf("%w: tag %q, or it stands there twice", ErrBadMessage, f.Tag)
		}
		seen[f.Tag] = true
		if len(f.Value) > maxValue || strings.ContainsFunc(f.Value, func(r rune) bool { return !allowed(r) }) {
			return fmt.Errorf("%w: the value of %s has a character or a length that it may not have", ErrBadMessage, f.Tag)
		}
		b.WriteString(f.Tag + "/" + f.Value + ".")
	}
	return nil
}

func parseFields(parts []string) (Fields, error) {
	fields := make(Fields, 0, len(parts))
	for _, part := range parts {
		tag, value, ok := strings.Cut(part, "/")
		if !ok {
			return nil, fmt.Errorf("%w: a field without a slash", ErrBadMessage)
		}
		fields = append(fields, Field{tag, value})
	}
	return fields, nil
}

// encodeFields makes the body of a C or N frame.
func encodeFields(fs Fields) ([]byte, error) {
	var b strings.Builder
	if err := fs.encode(&b); err != nil {
		return nil, err
	}
	return []byte(b.String()), nil
}

// decodeFields reads the body of a C or N frame.
func decodeFields(body []byte) (Fields, error) {
	text, ok := strings.CutSuffix(string(body), ".")
	if !ok {
		return nil, fmt.Errorf("%w: no period at the end", ErrBadMessage)
	}
	fields, err := parseFields(strings.Split(text, "."))
	if err != nil {
		return nil, err
	}
	return fields, fields.encode(new(strings.Builder))
}

// isWord says whether s can be a part that has no tag.
func isWord(s string) bool {
	return s != "" && len(s) <= 32 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
