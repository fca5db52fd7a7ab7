package bench

import stdsql "database/sql"

// What the hand-written server makes JSON with. Texts come as the driver has
// them, NULL as nil.

type text = stdsql.RawBytes

var typenames = map[string]string{
	"SERVICE": "Service", "ATTEMPT": "Attempt", "RECEIPT": "Receipt", "TRANSFER": "Transfer",
	"OTHER_INFORMATION": "OtherInformation", "WITHDRAWAL": "Withdrawal",
}

// appendText writes a string, or null.
func appendText(b []byte, s []byte) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	b = append(b, '"')
	start := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			const hex = "0123456789ABCDEF"
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// appendKnown writes a string, or null where nothing is known.
func appendKnown(b, s []byte) []byte {
	if len(s) == 0 {
		return append(b, "null"...)
	}
	return appendText(b, s)
}

// appendInstant writes an instant, or null: "2026-11-24 21:40:00.000000" in UTC.
func appendInstant(b, s []byte) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b = append(b, s[:10]...)
	b = append(b, 'T')
	b = append(b, s[11:]...)
	return append(b, 'Z', '"')
}

func appendDocket(b, d []byte) []byte {
	b = append(b, '"')
	for i, end := range [...]int{3, 5, 7, 14, 15} {
		if i > 0 {
			b = append(b, '-')
		}
		b = append(b, d[[...]int{0, 3, 5, 7, 14}[i]:end]...)
	}
	return append(b, '"')
}

func appendBool(b, v []byte) []byte {
	switch {
	case v == nil:
		return append(b, "null"...)
	case string(v) == "1":
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

// appendOfficer writes an officer with his name, or null.
func appendOfficer(b, id, first, last []byte) []byte {
	if id == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"id":`...)
	b = appendText(b, id)
	b = append(b, `,"name":{"display":`...)
	b = appendText(b, first)
	b = append(b[:len(b)-1], ' ')
	at := len(b)
	b = appendText(b, last)
	b = append(b[:at], b[at+1:]...) // without the second opening quote
	return append(b, `}}`...)
}

func appendRespondent(b, first, last []byte) []byte {
	b = append(b, `,"respondent":{"firstName":`...)
	b = appendText(b, first)
	b = append(b, `,"lastName":`...)
	return append(appendText(b, last), '}')
}

func appendHearing(b, at, room []byte) []byte {
	b = append(b, `,"hearing":`...)
	if at == nil {
		return append(b, "null"...)
	}
	b = append(b, `{"scheduledFor":`...)
	b = appendInstant(b, at)
	b = append(b, `,"courtroom":`...)
	return append(appendKnown(b, room), '}')
}

// appendActivity begins an activity with what all kinds have; the caller closes it.
func appendActivity(b, id, kind, occurred, recorded []byte) []byte {
	b = append(b, `{"__typename":"`...)
	b = append(b, typenames[string(kind)]...)
	b = append(b, `","id":`...)
	b = appendText(b, id)
	b = append(b, `,"kind":`...)
	b = appendText(b, kind)
	b = append(b, `,"occurredAt":`...)
	b = appendInstant(b, occurred)
	b = append(b, `,"recordedAt":`...)
	return appendInstant(b, recorded)
}
