// The editors: CodeMirror with what is needed of it, and Markdown for the rules' pages. Loaded after the page stands.
import { defaultKeymap, history, historyKeymap, indentWithTab, undo } from "@codemirror/commands";
import { PostgreSQL } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { marked } from "marked";

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], class: "sql-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "sql-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "sql-number" },
  { tag: tags.comment, class: "sql-comment" },
  { tag: [tags.typeName, tags.standard(tags.name)], class: "sql-type" },
]);

/** Lines that a picture or a finding points at. */
const light = StateEffect.define();
const lit = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    let lines = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(light)) lines = effect.value;
    return lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** A place of the report, lines and columns from 1 and columns in characters, as an offset here. */
function offset(doc, line, column) {
  if (line > doc.lines) return doc.length;
  const at = doc.line(Math.max(1, line));
  let units = 0;
  let characters = 1;
  for (const character of at.text) {
    if (characters++ >= column) break;
    units += character.length;
  }
  return at.from + units;
}

// Whether the focus comes by the keyboard: who points needs no help to leave an editor.
let tabbed = false;
addEventListener("keydown", ({ key }) => (tabbed = key === "Tab"), true);
addEventListener("pointerdown", () => (tabbed = false), true);

// Nobody has typed since the page put a text into an editor: an undo is that of the notice, which brings back all editors.
let put = false;
const undoAll = (view) => {
  const button = put && document.querySelector('[data-do="undo"]');
  if (!button) return false;
  button.click();
  view.focus();
  return true;
};

/**
 * An editor in `parent`.
 * options: label, hint, text, onchange(text), oncaret(line), onpaste(text), onfix(rule, index)
 */
export function create(parent, { label, hint, text, onchange, oncaret, onpaste }) {
  // What a program put there is no change of the user.
  let quiet = false;
  const keys = document.createElement("p");
  keys.className = "keys";
  keys.id = `keys-${label}`;
  keys.textContent = "Tab indents. Esc, then Tab, leaves the editor.";
  parent.append(keys);
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        lintGutter({ hoverTime: 100 }),
        highlightActiveLineGutter(),
        highlightActiveLine(),
        history(),
        drawSelection(),
        bracketMatching(),
        highlightSelectionMatches(),
        lit,
        PostgreSQL.extension,
        syntaxHighlighting(highlight),
        placeholder(hint),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": keys.id, spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
        EditorView.domEventHandlers({
          focus: () => void parent.toggleAttribute("data-keys", tabbed),
          blur: () => void parent.removeAttribute("data-keys"),
          paste(event) {
            const pasted = event.clipboardData?.getData("text/plain");
            // Only a text that replaces everything can be both scripts.
            const { main } = view.state.selection;
            const whole = view.state.doc.toString().trim() === "" || (main.from === 0 && main.to === view.state.doc.length);
            if (pasted && whole) onpaste(pasted);
            return false;
          },
        }),
        // Escape lets the next Tab leave the editor; CodeMirror says so in its documentation.
        keymap.of([{ key: "Mod-z", run: undoAll }, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) put = quiet;
          if (update.docChanged && !quiet) onchange(update.state.doc.toString());
          if (update.selectionSet || update.docChanged) oncaret(update.state.doc.lineAt(update.state.selection.main.head).number);
        }),
      ],
    }),
  });
  const { dom } = view;
  // An editor holds the lines in sight alone; on paper all are.
  const printed = document.createElement("pre");
  printed.className = "printed";
  parent.append(printed);
  addEventListener("beforeprint", () => (printed.textContent = view.state.doc.toString()));
  addEventListener("afterprint", () => (printed.textContent = ""));
  return {
    set(given) {
      const text = given.replace(/\r\n?/g, "\n");
      const old = view.state.doc.toString();
      if (old === text) return;
      // What brings back a text of before is an undo, so that the next one goes further back.
      const steps = [];
      const step = (transaction) => steps.push(transaction);
      for (let { state } = view; steps.length < 2 && undo({ state, dispatch: step }); ({ state } = steps.at(-1))) {
        if (steps.at(-1).newDoc.toString() !== text) continue;
        quiet = true;
        for (const step of steps) view.dispatch(step);
        quiet = false;
        return;
      }
      const most = Math.min(old.length, text.length);
      let from = 0;
      while (from < most && old[from] === text[from]) from += 1;
      let same = 0;
      while (same < most - from && old[old.length - 1 - same] === text[text.length - 1 - same]) same += 1;
      // A correction leaves the reader where he is; another text is read from its beginning, which is seen when it is shown.
      const other = 2 * (from + same) < most;
      const selection = other ? { anchor: 0 } : undefined;
      quiet = true;
      view.dispatch({ changes: { from, to: old.length - same, insert: text.slice(from, text.length - same) }, selection });
      quiet = false;
      if (other) requestAnimationFrame(() => (view.scrollDOM.scrollTop = 0));
    },
    /** Findings: [{ at, severity, message, rule, fix }], with the places and the fix as the report has them. */
    mark(findings) {
      const { doc } = view.state;
      const range = ({ line, column, end_line, end_column }) => {
        const from = offset(doc, line, column);
        return { from, to: Math.max(from, offset(doc, end_line, end_column)) };
      };
      const diagnostics = JSON.parse(findings).map(({ at, severity, message, rule, fix }) => {
        const apply = () => view.dispatch({ changes: fix.edits.map((edit) => ({ ...range(edit.at), insert: edit.text })) });
        const actions = fix ? [{ name: fix.title, apply }] : [];
        return { ...range(at), severity: severity === "note" ? "info" : severity, source: rule, message, actions };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics.sort((a, b) => a.from - b.from)));
    },
    /** Shows a place and puts the caret there. */
    reveal(line, column, end_line, end_column) {
      const { doc } = view.state;
      const from = offset(doc, line, column);
      view.dispatch({
        selection: { anchor: from, head: Math.min(doc.length, Math.max(from, offset(doc, end_line, end_column))) },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
      dom.scrollIntoView({ block: "nearest" });
    },
    /** Lights a line up without moving the caret; 0 for none. */
    light(line) {
      const { doc } = view.state;
      const shown = line > 0 && line <= doc.lines;
      const at = shown ? doc.line(line).from : 0;
      view.dispatch({ effects: light.of(shown ? Decoration.set([Decoration.line({ class: "lit" }).range(at)]) : Decoration.none) });
      if (!shown) return;
      // The editor alone scrolls: CodeMirror's own way takes the page along, and with it what the pointer is on.
      const { scrollDOM, documentPadding } = view;
      const { top, bottom } = view.lineBlockAt(at);
      const place = (top + bottom) / 2 + documentPadding.top - scrollDOM.scrollTop;
      // To the middle, since the heights of lines that were never in sight are guessed.
      if (place < 0 || place > scrollDOM.clientHeight) scrollDOM.scrollTop += place - scrollDOM.clientHeight / 2;
    },
  };
}

const escaped = (text) => text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** Our own pages as HTML. What a script is to its migration stands above it: the second word of its fence. */
export const markdown = (text) => marked.parse(text, { async: false });

marked.use({
  renderer: {
    code({ text, lang }) {
      const role = lang?.split(" ")[1];
      const caption = role ? `<figcaption>${escaped(role)}</figcaption>` : "";
      return `<figure>${caption}<pre><code>${escaped(text)}\n</code></pre></figure>`;
    },
  },
});
