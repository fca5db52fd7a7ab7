package lawenforcement

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/service-tracking/sts/internal/terms"
)

// noticeFormat names the JSON form. Fields may be added under the same name;
// a change of meaning takes a new one.
const noticeFormat = "sts-notice/1"

// JSON is the notice for machines: the file beside the page in the spool.
// Field names are stable, instants are RFC 3339 in UTC, codes are those of the
// API. Equal notices give equal bytes.
func (n Notice) JSON() ([]byte, error) {
	n.ExecutedAt = terms.Micro(n.ExecutedAt)
	n.RecordedAt = terms.Micro(n.RecordedAt)
	n.ReplacesSentAt = terms.Micro(n.ReplacesSentAt)
	n.AnotherServedAt = terms.Micro(n.AnotherServedAt)
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false) // it is read by people too
	w.SetIndent("", "  ")
	err := w.Encode(struct {
		Format string `json:"format"`
		Notice
	}{noticeFormat, n})
	if err != nil {
		return nil, fmt.Errorf("write notice %s as JSON: %w", n.Delivery, err)
	}
	return b.Bytes(), nil
}

// ParseNotice reads what [Notice.JSON] wrote.
func ParseNotice(b []byte) (Notice, error) {
	var form struct {
		Format string `json:"format"`
		Notice
	}
	if err := json.Unmarshal(b, &form); err != nil {
		return Notice{}, fmt.Errorf("read a notice from JSON: %w", err)
	}
	if form.Format != noticeFormat {
		return Notice{}, fmt.Errorf("read a notice from JSON: its format is %q, not %q", form.Format, noticeFormat)
	}
	return form.Notice, nil
}
