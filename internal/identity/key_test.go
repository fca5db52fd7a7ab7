package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	dir := t.TempDir()
	now := func() time.Time { return noon }
	first, err := Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v", info.Mode())
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
	token, err := first.Mint(terms.NewID(terms.AccountPrefix), noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Verify(t.Context(), token); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestProcessesThatStartAtOnceShareOneKey(t *testing.T) {
	dir := t.TempDir()
	const n = 20
	issuers := make([]*Issuer, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { issuers[i], errs[i] = Open(dir, func() time.Time { return noon }) })
	}
	wg.Wait()
	for i := range n {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		token, err := issuers[i].Mint(terms.NewID(terms.AccountPrefix), noon, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := issuers[0].Verify(t.Context(), token); err != nil {
			t.Fatalf("issuer %d has another key: %v", i, err)
		}
	}
}

func TestABadKeyFileIsRefused(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	if err != nil {
		t.Fatal(err)
	}
	otherKind := pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})

	for name, c := range map[string]struct {
		content []byte
		mode    os.FileMode
		says    string
	}{
		"its group may read it": {otherKind, 0o640, "chmod 600"},
		"everybody may read it": {otherKind, 0o644, "mode is 0644"},
		"everybody may write":   {otherKind, 0o602, "chmod 600"},
		"empty":                 {nil, 0o600, "not a PEM file"},
		"not a key":             {pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: []byte("x")}), 0o600, "no private key"},
		"another kind of key":   {otherKind, 0o600, "another kind"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, keyFile)
			if err := os.WriteFile(path, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir, time.Now)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want it to say %q and the file", err, c.says)
			}
		})
	}
}

func TestAKeyFileThatIsALinkIsRefused(t *testing.T) {
	elsewhere := t.TempDir()
	if _, err := Open(elsewhere, time.Now); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(elsewhere, keyFile), filepath.Join(dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, time.Now); err == nil || !strings.Contains(err.Error(), "plain file") {
		t.Errorf("got %v", err)
	}
}

func TestNoDataDirectoryIsAnError(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none"), time.Now); err == nil {
		t.Error("opened")
	}
}
