package orderfile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFrameTravels(t *testing.T) {
	for _, f := range []Frame{
		{FrameConnect, 1, []byte("VER/1.USR/STSDISP.MAX/65536.IDLE/60.")},
		{FrameMessage, 0xFFFFFFFF, []byte("STSCT001.K7Q2M9XW4T.STSDISP.ZPO.CT018015J.NIC/H123456789.")},
		{FrameAccepted, 7, []byte{}},
		{FrameRefused, 7, []byte("COD/N03.TXT/BUSY.")},
		{FrameHeartbeat, 0, []byte{}},
		{FrameMessage, 2, bytes.Repeat([]byte("A"), MaxFrame-frameHead)},
	} {
		b, err := f.Append(nil, MaxFrame)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadFrame(bytes.NewReader(b), MaxFrame)
		if err != nil || got.Type != f.Type || got.Exchange != f.Exchange || !bytes.Equal(got.Body, f.Body) {
			t.Errorf("%c came as %+v, %v", f.Type, got.Type, err)
		}
	}
}

func TestFrameReaderIsStrict(t *testing.T) {
	for name, c := range map[string]struct {
		bytes string
		want  error
	}{
		"end between frames":           {"", io.EOF},
		"end in the length":            {"\x00\x00", io.ErrUnexpectedEOF},
		"end after the length":         {"\x00\x00\x00\x05", io.ErrUnexpectedEOF},
		"half a frame":                 {"\x00\x00\x00\x08M\x00\x00\x00\x01AB", io.ErrUnexpectedEOF},
		"length too small for a head":  {"\x00\x00\x00\x04M\x00\x00\x00", ErrBadFrame},
		"length that would take 4 GB":  {"\xff\xff\xff\xffM\x00\x00\x00\x01", ErrFrameTooLong},
		"one byte over the limit":      {"\x00\x01\x00\x01M\x00\x00\x00\x01", ErrFrameTooLong},
		"a type that does not exist":   {"\x00\x00\x00\x05Z\x00\x00\x00\x01", ErrBadFrame},
		"lower case":                   {"\x00\x00\x00\x06M\x00\x00\x00\x01a", ErrBadFrame},
		"not ASCII":                    {"\x00\x00\x00\x06M\x00\x00\x00\x01\xd1", ErrBadFrame},
		"a line feed":                  {"\x00\x00\x00\x06M\x00\x00\x00\x01\n", ErrBadFrame},
		"an A that brings something":   {"\x00\x00\x00\x06A\x00\x00\x00\x01X", ErrBadFrame},
		"a heartbeat that brings some": {"\x00\x00\x00\x06H\x00\x00\x00\x01X", ErrBadFrame},
	} {
		if _, err := ReadFrame(strings.NewReader(c.bytes), MaxFrame); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestFrameWriterRefusesWhatTheReaderWould(t *testing.T) {
	for name, c := range map[string]struct {
		frame Frame
		want  error
	}{
		"too long":   {Frame{FrameMessage, 1, bytes.Repeat([]byte("A"), 1020)}, ErrFrameTooLong},
		"lower case": {Frame{FrameMessage, 1, []byte("a")}, ErrBadFrame},
		"no type":    {Frame{}, ErrBadFrame},
	} {
		if b, err := c.frame.Append(nil, 1024); !errors.Is(err, c.want) || len(b) > 0 {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(b), err, c.want)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x06M\x00\x00\x00\x01A"))
	f.Add([]byte("\x00\x00\x00\x05H\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := ReadFrame(bytes.NewReader(b), 1024)
		if err != nil {
			return
		}
		again, err := frame.Append(nil, 1024)
		if err != nil || !bytes.HasPrefix(b, again) {
			t.Errorf("%q was read, and would be written as %q, %v", b, again, err)
		}
	})
}
