//! Writing SVG: the frame with its colours, texts that fit, and what stands for a statement.

use super::Tone;
use crate::report::junit::escaped;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// How wide every picture is, in its own units: two columns that can still be read on a phone.
pub(super) const WIDTH: f64 = 560.0;

/// Around it.
const EDGE: f64 = 4.0;

/// How wide a character is of a text of size 1 in a monospaced font.
const CHARACTER: f64 = 0.61;

/// The colours of a picture with this id; `$` stands for the id.
const STYLE: &str = "\
#${--i:var(--backout-ink,#1d1f23);--p:var(--backout-paper,#fff);--f:var(--backout-faint,#6a6f78);--y:var(--backout-yes,#1b6e3c);\
--n:var(--backout-no,#b3261e);--o:var(--backout-open,#8a5a00)}\
@media screen and (prefers-color-scheme:dark){#${--i:var(--backout-ink,#e7e9ec);--p:var(--backout-paper,#17191c);--f:var(--backout-faint,#9aa0aa);\
--y:var(--backout-yes,#7bd79b);--n:var(--backout-no,#ff8a80);--o:var(--backout-open,#f0bf5e)}}\
#${color:var(--i);font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12px;max-width:100%;height:auto}\
#$ text{fill:var(--i)}#$ .s{font-size:10px}#$ .s,#$ .f{fill:var(--f)}#$ .h{font-family:system-ui,sans-serif;font-weight:600;font-size:13px}\
#$ .paper{fill:var(--p)}#$ .box{fill:var(--p);stroke:var(--f);stroke-width:1}#$ .flow{fill:none;stroke:var(--f);stroke-width:1.5}\
#$ .good{--t:var(--y)}#$ .bad{--t:var(--n)}#$ .open{--t:var(--o)}#$ .calm{--t:var(--f)}\
#$ .good .box,#$ .bad .box,#$ .open .box{stroke:var(--t)}#$ .bad .box{stroke-width:2}#$ .edge{fill:var(--t)}#$ text.t,#$ .t text{fill:var(--t)}\
#$ .flow.good,#$ .flow.bad,#$ .flow.open{stroke:var(--t)}#$ .flow.bad{stroke-width:2.5}#$ .flow.part{stroke-width:1;stroke-dasharray:2 3}\
#$ .flow.try{stroke-dasharray:6 4}#$ .aside .box{stroke-dasharray:3 3}#$ .head{fill:var(--t,var(--f));stroke:none}#$ .dot{fill:var(--p);stroke:var(--t);stroke-width:2}\
#$ .full{fill:var(--t)}#$ text.on{fill:var(--p)}#$ [data-statement]:hover .box{stroke-width:2.5}#$ [data-statement][data-chosen] .box{stroke-width:3;stroke:var(--i)}";

/// A drawing.
pub(super) struct Svg {
    id: String,
    body: String,
}

impl Svg {
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), body: String::new() }
    }

    /// An id within the drawing.
    pub fn name(&self, part: &str) -> String {
        format!("{}-{part}", self.id)
    }

    /// A text, cut to a width; what is cut off is in the title of its group.
    pub fn text(&mut self, x: f64, y: f64, class: &str, text: &str, width: f64) {
        let size = match class.split(' ').next() {
            Some("s") => 10.0,
            Some("h") => 13.0,
            _ => 12.0,
        };
        let _ = write!(self.body, "<text x=\"{}\" y=\"{}\"", number(x), number(y));
        if !class.is_empty() {
            let _ = write!(self.body, " class=\"{class}\"");
        }
        let _ = writeln!(self.body, ">{}</text>", escaped(&fit(text, (width / (size * CHARACTER)) as usize)));
    }

    /// What the picture says, over one line or two; where it ends.
    pub fn headline(&mut self, text: &str) -> f64 {
        const COLUMNS: usize = 72;
        let (first, rest) = match text.char_indices().nth(COLUMNS) {
            Some((cut, _)) => match text.get(..cut).and_then(|head| head.rfind(' ')) {
                Some(space) => text.split_at(space),
                None => (text, ""),
            },
            None => (text, ""),
        };
        let mut y = 18.0;
        for line in [first, rest.trim()].into_iter().filter(|line| !line.is_empty()) {
            let _ = writeln!(self.body, "<text x=\"0\" y=\"{}\" class=\"h\">{}</text>", number(y), escaped(&fit(line, COLUMNS + 4)));
            y += 18.0;
        }
        y - 18.0
    }

    /// A text in the middle of a place.
    pub fn middle(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" class=\"{class}\" text-anchor=\"middle\">{}</text>",
            number(x),
            number(y),
            escaped(text)
        );
    }

    /// A rounded box with a bar of its tone at its left edge.
    pub fn card(&mut self, x: f64, y: f64, width: f64, height: f64, tone: Tone) {
        let (x, y, width, height) = (number(x), number(y), number(width), number(height));
        let _ = writeln!(self.body, "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>");
        if tone != Tone::Calm {
            let _ = writeln!(self.body, "<rect class=\"edge\" x=\"{x}\" y=\"{y}\" width=\"5\" height=\"{height}\" rx=\"2.5\"/>");
        }
    }

    /// A path.
    pub fn flow(&mut self, class: &str, path: &str, title: &str) {
        let _ = writeln!(self.body, "<path class=\"flow {class}\" d=\"{path}\"><title>{}</title></path>", escaped(title));
    }

    /// Whatever else.
    pub fn raw(&mut self, text: &str) {
        self.body.push_str(text);
    }

    /// What was drawn, to stand in another drawing.
    pub fn into_body(self) -> String {
        self.body
    }

    /// Begins a group that stands for a statement.
    pub fn begin(&mut self, class: &str, statement: Option<(&str, usize, u32)>, title: &str) {
        let _ = write!(self.body, "<g class=\"{class}\"");
        if let Some((side, statement, line)) = statement {
            let _ = write!(self.body, " data-side=\"{side}\" data-statement=\"{statement}\" data-line=\"{line}\"");
        }
        let _ = writeln!(self.body, "><title>{}</title>", escaped(title));
    }

    /// Ends it.
    pub fn end(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The whole element.
    pub fn finish(self, kind: &str, title: &str, summary: &str, height: f64) -> String {
        let Self { id, body } = self;
        let (edge, wide) = (number(EDGE), number(WIDTH + 2.0 * EDGE));
        let style = STYLE.replace('$', &id);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" class=\"backout-picture\" data-picture=\"{kind}\" viewBox=\"-{edge} 0 {wide} {0}\" \
             width=\"{wide}\" height=\"{0}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n<title id=\"{id}-t\">{title}</title>\n\
             <desc id=\"{id}-d\">{1}</desc>\n<style>{style}</style>\n<rect class=\"paper\" x=\"-{edge}\" width=\"{wide}\" height=\"{0}\"/>\n{body}</svg>\n",
            number(height),
            escaped(summary),
        )
    }
}

/// A number without needless digits.
pub(super) fn number(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let (sign, whole, rest) = (if tenths < 0 { "-" } else { "" }, tenths.abs() / 10, tenths.abs() % 10);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A text of at most so many columns, with an ellipsis where it is cut: in its longest word if that is enough, of which more of the end
/// stays than of the beginning, since names that are alike mostly begin alike.
pub(super) fn fit(text: &str, columns: usize) -> String {
    /// A shorter piece of a word says nothing.
    const LEAST: usize = 9;
    let longest = text.split(' ').max_by_key(|word| width(word)).unwrap_or_default();
    let room = (columns + width(longest)).saturating_sub(width(text));
    if room < LEAST || room >= width(longest) {
        return cut(text, columns);
    }
    let start = cut(longest, room * 2 / 5);
    let mut end = longest.chars();
    while width(end.as_str()) + width(&start) > room {
        end.next();
    }
    let short = start + end.as_str();
    text.split(' ').map(|word| if word == longest { short.as_str() } else { word }).collect::<Vec<_>>().join(" ")
}

fn width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A text of at most so many columns, with an ellipsis at its end where it is cut.
fn cut(text: &str, columns: usize) -> String {
    let wide = |c: char| c.width().unwrap_or(0);
    let mut used = 0;
    let mut cut = None;
    for (at, c) in text.char_indices() {
        if cut.is_none() && used + wide(c) + 1 > columns {
            cut = Some(at);
        }
        used += wide(c);
        if used > columns {
            let kept = text.get(..cut.unwrap_or(at)).unwrap_or_default();
            return format!("{}…", kept.trim_end());
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn names_that_begin_alike_are_told_apart() {
        assert_eq!(fit("+ index idx_team_tasks_created_at", 24), "+ index idx_t…created_at");
        assert_eq!(fit("+ index idx_team_tasks_updated_at", 24), "+ index idx_t…updated_at");
        assert_eq!(fit("community_aggregates_hot", 21), "communi…ggregates_hot");
        assert_eq!(fit("ALTER TABLE communities ADD COLUMN name text", 30), "ALTER TABLE communities ADD C…");
        assert_eq!(fit("a table of many words", 12), "a table of…");
        assert_eq!(fit("短い名前の表_created", 12), "短…_created");
        assert_eq!(fit("all of it", 9), "all of it");
    }
}
