//! Where the objects of a graph go: what others need above, what needs it below, few enough in a row for a phone.
//!
//! Our own, for a reason: of the libraries that do this, those that always come to an end are a third of the app's size,
//! and the small one does not come to an end on every graph. A few dozen boxes need no more than layers and an order in them.

/// How often the rows are put in order by their neighbours.
const SWEEPS: usize = 6;

/// The rows from above, each with its nodes from left to right. An edge goes from what needs to what is needed.
pub(super) fn rows(nodes: usize, edges: &[(usize, usize)], widest: usize) -> Vec<Vec<usize>> {
    let mut layer = layers(nodes, edges);
    lower(&mut layer, edges);
    let depth = layer.iter().max().map_or(0, |deepest| deepest + 1);
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for (node, &at) in layer.iter().enumerate() {
        if let Some(row) = rows.get_mut(at) {
            row.push(node);
        }
    }
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        for (one, other) in [(from, to), (to, from)] {
            if let Some(list) = near.get_mut(one) {
                list.push(other);
            }
        }
    }
    let mut place: Vec<f64> = vec![0.0; nodes];
    spread(&rows, &mut place);
    for sweep in 0..SWEEPS {
        let order: Vec<usize> = if sweep % 2 == 0 { (0..depth).collect() } else { (0..depth).rev().collect() };
        for at in order {
            let Some(row) = rows.get_mut(at) else { continue };
            let mut wanted: Vec<(f64, usize)> = row
                .iter()
                .map(|&node| {
                    let neighbours = near.get(node).map_or(&[][..], Vec::as_slice);
                    let sum: f64 = neighbours.iter().filter_map(|&other| place.get(other)).sum();
                    let own = place.get(node).copied().unwrap_or_default();
                    (if neighbours.is_empty() { own } else { sum / neighbours.len() as f64 }, node)
                })
                .collect();
            wanted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            *row = wanted.into_iter().map(|(_, node)| node).collect();
            spread(&rows, &mut place);
        }
    }
    rows.into_iter().flat_map(|row| evenly(row, widest)).collect()
}

/// The place of each node in its row, in the middle of the picture.
fn spread(rows: &[Vec<usize>], place: &mut [f64]) {
    for row in rows {
        for (at, &node) in row.iter().enumerate() {
            if let Some(place) = place.get_mut(node) {
                *place = at as f64 - (row.len() as f64 - 1.0) / 2.0;
            }
        }
    }
}

/// A row that is too wide as several of about the same length.
fn evenly(row: Vec<usize>, widest: usize) -> Vec<Vec<usize>> {
    let rows = row.len().div_ceil(widest.max(1)).max(1);
    let each = row.len().div_ceil(rows).max(1);
    row.chunks(each).map(<[usize]>::to_vec).collect()
}

/// Moves what is needed down to what needs it, so that lines are short.
fn lower(layer: &mut [usize], edges: &[(usize, usize)]) {
    let mut order: Vec<usize> = (0..layer.len()).collect();
    order.sort_unstable_by_key(|node| (std::cmp::Reverse(layer[*node]), *node));
    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); layer.len()];
    for &(from, to) in edges {
        if let Some(list) = dependents.get_mut(to) {
            list.push(from);
        }
    }
    for node in order {
        let nearest = dependents[node].iter().filter_map(|&other| layer.get(other)).min();
        if let Some(room) = nearest.and_then(|nearest| nearest.checked_sub(1)) {
            layer[node] = layer[node].max(room);
        }
    }
}

/// How far each node is from what needs nothing. A circle is cut where it is entered.
fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut needs: Vec<usize> = vec![0; nodes];
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        if let (Some(count), Some(list)) = (needs.get_mut(from), above.get_mut(to)) {
            *count += 1;
            list.push(from);
        }
    }
    let mut layer = vec![0; nodes];
    let mut done = vec![false; nodes];
    let mut ready: Vec<usize> = (0..nodes).filter(|&node| needs.get(node) == Some(&0)).collect();
    let mut next = 0;
    let mut first_open = 0;
    loop {
        let node = match ready.get(next) {
            Some(&node) => node,
            None => {
                while done.get(first_open) == Some(&true) {
                    first_open += 1;
                }
                if first_open >= nodes {
                    return layer;
                }
                ready.push(first_open);
                first_open
            }
        };
        next += 1;
        if std::mem::replace(&mut done[node], true) {
            continue;
        }
        for &dependent in &above[node] {
            if done[dependent] {
                continue;
            }
            layer[dependent] = layer[dependent].max(layer[node] + 1);
            needs[dependent] = needs[dependent].saturating_sub(1);
            if needs[dependent] == 0 {
                ready.push(dependent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn what_is_needed_stands_above() {
        // A view on two tables, an index on one of them.
        assert_eq!(rows(4, &[(2, 0), (2, 1), (3, 1)], 3), [vec![0, 1], vec![2, 3]]);
    }

    #[test]
    fn a_wide_row_is_broken_and_a_circle_ends() {
        assert_eq!(rows(4, &[], 3), [vec![0, 1], vec![2, 3]]);
        assert_eq!(rows(3, &[(0, 1), (1, 2), (2, 0)], 3), [vec![0], vec![2], vec![1]]);
        assert_eq!(rows(0, &[], 3), Vec::<Vec<usize>>::new());
    }
}
