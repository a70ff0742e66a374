// Answers one question about the macOS desktop as JSON. It reads only, except "activate".
ObjC.import('AppKit');
ObjC.import('ApplicationServices');
ObjC.import('Carbon');

// An id for a window: its process and a hash of its place in the process's list and title would change with the title, so it is the process and
// the number that Accessibility gives, where it does, else role and place.
function windowId(pid, w, i) {
  let number = null;
  try { number = w.attributes.byName('AXWindowNumber').value(); } catch (e) { number = null; }
  let sub = '';
  try { sub = w.subrole(); } catch (e) { sub = ''; }
  let h = number !== null ? Number(number) : 1;
  if (number === null) {
    let text = sub + '/' + i + '/';
    try { text += w.title().replace('*', ''); } catch (e) { text += '?'; }
    for (const c of text) h = (h * 31 + c.codePointAt(0)) % 1000003;
  }
  return pid * 1048576 + (h % 1048576);
}

function liveProcesses() {
  const se = Application('System Events');
  const all = [];
  for (const p of se.applicationProcesses.whose({ backgroundOnly: false })()) {
    let bundle = '';
    try { bundle = p.bundleIdentifier() || ''; } catch (e) { bundle = ''; }
    all.push({ p: p, bundle: bundle });
  }
  return all;
}

function describe(entry) {
  const list = [];
  const pid = entry.p.unixId();
  const name = entry.bundle.startsWith('com.ableton.live') ? 'Live' : entry.p.name();
  let i = 0;
  const add = (w, owner) => {
    let title = '', hidden = false;
    try { title = w.title() || ''; } catch (e) { title = ''; }
    try { hidden = w.attributes.byName('AXMinimized').value() === true; } catch (e) { hidden = false; }
    const id = windowId(pid, w, i++);
    list.push({ id: id, pid: pid, process: name, title: title, owner: owner, hidden: hidden });
    let sheets = [];
    try { sheets = w.sheets(); } catch (e) { sheets = []; }
    for (const s of sheets) { // a Save panel may be a sheet without a title of its own
      const sid = windowId(pid, s, i++);
      let st = '';
      try { st = s.title() || s.description() || 'Save'; } catch (e) { st = 'Save'; }
      list.push({ id: sid, pid: pid, process: name, title: st, owner: id, hidden: false });
    }
  };
  for (const w of entry.p.windows()) add(w, 0);
  return list;
}

const questions = {
  ready: () => ({ trusted: $.AXIsProcessTrusted() == true, screens: Number($.NSScreen.screens.count) }),
  windows: () => {
    let all = [];
    for (const e of liveProcesses()) if (e.bundle.startsWith('com.ableton.live')) all = all.concat(describe(e).reverse());
    const front = liveProcesses().find((e) => e.p.frontmost());
    if (front && !front.bundle.startsWith('com.ableton.live')) all = all.concat(describe(front).reverse());
    return all;
  },
  active: () => {
    const front = liveProcesses().find((e) => e.p.frontmost());
    if (!front) return { id: 0 };
    const list = describe(front);
    const sheet = list.find((w) => w.owner !== 0);
    return { id: sheet ? sheet.id : (list.length ? list[0].id : front.p.unixId() * 1048576) };
  },
  activate: (pid) => {
    const app = $.NSRunningApplication.runningApplicationWithProcessIdentifier(Number(pid));
    if (app) app.activateWithOptions($.NSApplicationActivateIgnoringOtherApps);
    return {};
  },
  keys: () => {
    const f = Number($.NSEvent.modifierFlags), held = [];
    if (f & (1 << 17)) held.push('shift');
    if (f & (1 << 18)) held.push('ctrl');
    if (f & (1 << 19)) held.push('alt');
    if (f & (1 << 20)) held.push('cmd');
    return { held: held, caps_lock: (f & (1 << 16)) !== 0 };
  },
  secure: () => ({ secure: $.IsSecureEventInputEnabled() == true }),
  layout: () => {
    const source = $.TISCopyCurrentKeyboardInputSource();
    const value = $.TISGetInputSourceProperty(source, $.kTISPropertyInputSourceIsASCIICapable);
    return { ascii: value === undefined || $.CFBooleanGetValue(value) == true };
  },
  mouse: () => {
    const p = $.NSEvent.mouseLocation;
    let l = 0, b = 0, r = 0, t = 0;
    const screens = $.NSScreen.screens;
    for (let i = 0; i < screens.count; i++) {
      const f = screens.objectAtIndex(i).frame;
      l = Math.min(l, f.origin.x); b = Math.min(b, f.origin.y);
      r = Math.max(r, f.origin.x + f.size.width); t = Math.max(t, f.origin.y + f.size.height);
    }
    return { X: Math.round(p.x), Y: Math.round(t - p.y), Left: Math.round(l), Top: 0, Right: Math.round(r), Bottom: Math.round(t - b) };
  },
  number: (pid) => {
    const list = ObjC.deepUnwrap(ObjC.castRefToObject($.CGWindowListCopyWindowInfo(1, 0)));
    const w = list.find((x) => x.kCGWindowOwnerPID === Number(pid) && x.kCGWindowLayer === 0);
    return { number: w ? w.kCGWindowNumber : 0 };
  },
};

function run(argv) {
  return JSON.stringify(questions[argv[0]].apply(null, argv.slice(1)));
}
