// Package browsertest has no code: its tests open the pages of mss demo in a real browser and use them as a person would, with
// the phone page on the other side. They need Chromium and axe-core, which make browser-test looks for, and run under the
// build tag browser.
//
// What a browser adds to the tests of the pages themselves is what only it does: cookies and their scopes, redirections, the
// content security policy, scripts, two tabs, reloading, the back button, what assistive technology is told, and how it looks.
package browsertest
