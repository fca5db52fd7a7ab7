package orderfile

import (
	"fmt"
	"strconv"
	"time"
)

// greeting is what a C frame tells: each side says how long its frames and its
// silences may be, and the lesser holds.
type greeting struct {
	User string
	Max  int           // the longest frame that one takes
	Idle time.Duration // whole seconds
}

func (g greeting) frame(number uint32) (Frame, error) {
	body, err := encodeFields(Fields{
		{"VER", "1"}, {"USR", g.User}, {"MAX", strconv.Itoa(g.Max)}, {"IDLE", strconv.Itoa(int(g.Idle / time.Second))},
	})
	return Frame{FrameConnect, number, body}, err
}

func parseGreeting(body []byte) (greeting, error) {
	fields, err := decodeFields(body)
	if err != nil {
		return greeting{}, err
	}
	size, errMax := strconv.Atoi(fields.value("MAX"))
	idle, errIdle := strconv.Atoi(fields.value("IDLE"))
	switch {
	case fields.value("VER") != "1":
		return greeting{}, fmt.Errorf("%w: version %q", ErrBadMessage, fields.value("VER"))
	case errMax != nil || size < 1024 || size > MaxFrame:
		return greeting{}, fmt.Errorf("%w: MAX must lie between 1024 and %d", ErrBadMessage, MaxFrame)
	case errIdle != nil || idle < 1 || idle > 3600:
		return greeting{}, fmt.Errorf("%w: IDLE must lie between 1 and 3600 seconds", ErrBadMessage)
	case !isWord(fields.value("USR")):
		return greeting{}, fmt.Errorf("%w: USR is missing", ErrBadMessage)
	}
	return greeting{fields.value("USR"), size, time.Duration(idle) * time.Second}, nil
}

func (g greeting) agree(theirs greeting) greeting {
	return greeting{g.User, min(g.Max, theirs.Max), min(g.Idle, theirs.Idle)}
}

// refuse makes an N frame.
func refuse(number uint32, code Code) Frame {
	body, err := encodeFields(Fields{{"COD", string(code)}, {"TXT", code.Text()}})
	if err != nil {
		panic(err) // the codes are ours
	}
	return Frame{FrameRefused, number, body}
}

// refusal reads the body of an N frame. Even one that cannot be read means
// that the message was not stored.
func refusal(body []byte) *Refused {
	fields, err := decodeFields(body)
	if err != nil {
		return &Refused{Text: "(it gave no reason that can be read)"}
	}
	r := &Refused{Code: Code(fields.value("COD")), Text: fields.value("TXT")}
	if seconds, err := strconv.Atoi(fields.value("AFT")); err == nil && seconds > 0 && seconds <= 3600 {
		r.After = time.Duration(seconds) * time.Second
	}
	return r
}
