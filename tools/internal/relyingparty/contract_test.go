package relyingparty_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gomss/gomss/mss/msstest"
	"github.com/gomss/gomss/tools/internal/demo/demotest"
	"github.com/stretchr/testify/require"
)

// contractOf logs in and opens the contract.
func contractOf(t *testing.T, b *demotest.Browser) demotest.Page {
	t.Helper()
	me := b.Wait(start(b))
	require.Equal(t, "/me", me.Path)
	return b.Follow(me, "Read and sign")
}

func TestContractAndReceipt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{After: 5 * time.Second, ReceiptAfter: 10 * time.Second})
		b := bank.browser(t)
		contract := contractOf(t, b)
		require.Contains(t, contract.Text(), "Interest is 1.25 percent a year")
		before := b.Cookies()[0].Value

		waiting := b.Submit(contract, "/sign/mobileid/start", nil)
		require.Equal(t, "/sign/mobileid/wait", waiting.Path)
		require.Contains(t, waiting.Text(), "Sign the contract with Mobile ID")
		waiting = b.WaitFor(waiting, "/contract")
		require.Contains(t, waiting.Text(), "Receipt: on its way to the phone.")
		signed := b.Wait(waiting)
		require.Equal(t, "/contract", signed.Path)
		require.Contains(t, signed.Text(), "Receipt: read on the phone, and confirmed.")
		require.Contains(t, signed.Text(), "contract.evidence")
		require.NotEqual(t, before, b.Cookies()[0].Value, "the session has a new id")
		bank.phone.AssertPrompts(t, 2)
		bank.phone.AssertReceipts(t, 1)

		evidence := b.Get("/evidence/contract")
		require.Equal(t, 200, evidence.Status)
		require.Equal(t, `attachment; filename="contract.evidence"`, evidence.Header.Get("Content-Disposition"))
		require.NotContains(t, evidence.Body, "+4179", "sealed")
		require.NotEqual(t, evidence.Body, b.Get("/evidence/login").Body)
		require.Contains(t, b.Get("/me").Text(), "You have signed contract S-1001.")
	})
}

func TestReceiptDismissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBank(t, msstest.Person{Receipt: msstest.ReceiptCancel}).browser(t)
		signed := b.Wait(b.Submit(contractOf(t, b), "/start", nil))
		require.Contains(t, signed.Text(), "Receipt: dismissed on the phone.")
	})
}

// TestContractIsForTheCustomer: somebody else who has got the number cannot sign in their place, and is logged out.
func TestContractIsForTheCustomer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Serial: "MIDCHE0000000001"})
		b := bank.browser(t)
		contract := contractOf(t, b)
		bank.phone.Script(number, msstest.Person{Serial: "MIDCHE0000000002"})
		require.Equal(t, "/refused", b.Wait(b.Submit(contract, "/start", nil)).Path)
		require.Equal(t, "/", b.Get("/contract").Path)
	})
}

// TestSigningWantsALogin: nobody is asked to sign who is not logged in.
func TestSigningWantsALogin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		b.Get("/?with=mobileid")
		require.Equal(t, "/", b.Post("/sign/mobileid/start", nil).Path)
		require.Equal(t, "/", b.Get("/sign/mobileid/wait").Path)
		require.Equal(t, "/", b.Get("/contract").Path)
		require.Equal(t, 404, b.Get("/evidence/contract").Status)
		bank.phone.AssertPrompts(t, 0)
	})
}

func TestCancelledContract(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		contract := contractOf(t, b)
		bank.phone.Script(number, msstest.Person{Do: msstest.Cancel})
		p := b.Wait(b.Submit(contract, "/start", nil))
		require.Contains(t, p.Text(), "Begin again")
		again := b.Follow(p, "Begin again")
		require.Equal(t, "/contract", again.Path)
		bank.phone.Script(number, msstest.Person{})
		require.Contains(t, b.Wait(b.Submit(again, "/start", nil)).Text(), "Signed")
		bank.phone.AssertReceipts(t, 1)
	})
}

// TestSignedOnce: who comes back to the form, by the back button or in another tab, signs nothing again.
func TestSignedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{})
		b := bank.browser(t)
		contract := contractOf(t, b)
		require.Equal(t, "/contract", b.Wait(b.Submit(contract, "/start", nil)).Path)
		require.Equal(t, "/contract", b.Submit(contract, "/start", nil).Path)
		require.Equal(t, "/contract", b.Get("/sign/mobileid/wait").Path)
		bank.phone.AssertPrompts(t, 2)
		bank.phone.AssertReceipts(t, 1)
	})
}

// TestDigest: the page has the digest that the phone shows, and the text that has it.
func TestDigest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bank := newBank(t, msstest.Person{Do: msstest.Sign})
		b := bank.browser(t)
		contract := contractOf(t, b)
		text := b.Get("/contract.txt")
		require.Equal(t, "text/plain; charset=utf-8", text.Header.Get("Content-Type"))
		sum := sha256.Sum256([]byte(text.Body))
		require.Equal(t, hex.EncodeToString(sum[:]), contract.Marked("data-digest"))
		bank.phone.Script(number, msstest.Person{Do: msstest.Ignore})
		b.Submit(contract, "/start", nil)
		waiting := bank.phone.Outstanding()
		require.Len(t, waiting, 1)
		require.Contains(t, waiting[0].Text, contract.Marked("data-digest"))

		other := bank.browser(t)
		require.Equal(t, "/", other.Get("/contract.txt").Path)
	})
}
