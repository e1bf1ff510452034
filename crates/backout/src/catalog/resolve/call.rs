//! Calls of functions.

use super::super::builtin::{FunctionKind, Overload, Resolution, TypeSource, Volatility, resolve_call};
use super::super::context::{Missing, Outcome, Stop, Want, fail};
use super::super::object::{Body, ObjId, Routine, Ty, TyBase, Type};
use super::super::template::Piece;
use super::super::{Class, Presence, quote};
use super::expr::{ExprPlace, Resolver, Value};
use super::routine::shown;
use super::rows::Called;
use super::scope::Scope;
use super::source::{type_key, type_of_key};
use super::types::format_bare;
use crate::lexer::quote_ident;
use crate::op::{Call, Name, ObjectName, RoutineKind};
use arcstr::ArcStr;

/// What a call means.
pub(super) struct Callee {
    /// What it returns.
    pub(super) result: Option<Ty>,
    /// The routine of the schema.
    pub(super) routine: Option<ObjId>,
    /// The extension that it belongs to.
    extension: Option<ObjId>,
    /// The declared argument types, where they are known.
    declared: Vec<Ty>,
    /// Whether the last declared type is repeated.
    variadic: bool,
    pub(super) kind: Option<FunctionKind>,
    pub(super) set: bool,
    /// The columns that a built-in function returns.
    pub(super) columns: Vec<(Name, Ty)>,
    volatility: Option<Volatility>,
}

impl Callee {
    fn unknown(result: Option<Ty>) -> Self {
        Self {
            result,
            routine: None,
            extension: None,
            declared: Vec::new(),
            variadic: false,
            kind: None,
            set: false,
            columns: Vec::new(),
            volatility: None,
        }
    }
}

impl Resolver<'_, '_> {
    /// A call as a value.
    pub(super) fn call<'e>(&mut self, call: &'e Call, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        self.call_found(call, scope).map(|(value, _)| value)
    }

    /// A call, with what it means.
    pub(super) fn call_found<'e>(&mut self, call: &'e Call, scope: &Scope<'_>) -> Outcome<(Value<'e>, Callee)> {
        let start = self.out.len();
        let once = std::mem::replace(&mut self.once, false);
        if call.name.schema.as_deref() == Some("sql") {
            let value = self.special_form(call, scope)?;
            let callee = Callee::unknown(value.ty.clone());
            return Ok((value, callee));
        }
        let name_at = self.out.len();
        let name = match call.name.schema.as_deref() {
            Some("pg_catalog") => sql_name(&call.name.name, self.context.catalog.version),
            None => quote_ident(&call.name.name),
            Some(schema) => format!("{}.{}", quote_ident(schema), quote_ident(&call.name.name)),
        };
        self.text(name);
        self.fixed(if call.distinct { "(DISTINCT " } else { "(" });
        if call.star {
            self.fixed("*");
        }
        let outer_before = self.outer;
        let counts = matches!(call.name.name.as_str(), "nextval" | "currval" | "setval" | "pg_sequence_last_value");
        let counted = std::mem::replace(&mut self.counts, counts);
        let mut values = Vec::with_capacity(call.args.len());
        for (at, (label, arg)) in call.args.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            if call.variadic && at + 1 == call.args.len() {
                self.fixed("VARIADIC ");
            }
            if let Some(label) = label {
                let label = quote_ident(label);
                self.text(format!("{label} => "));
            }
            values.push(self.eval(arg, scope)?);
        }
        let loose = call.variadic || call.args.iter().any(|(label, _)| label.is_some());
        let callee = self.callee(call, &values, loose)?;
        self.check_place(&callee, call, self.outer > outer_before)?;
        let aggregate = matches!(callee.kind, Some(FunctionKind::Aggregate | FunctionKind::OrderedSetAggregate));
        self.arguments(&callee, &values)?;
        self.counts = counted;
        if let Some(id) = callee.routine {
            if let Some(piece) = self.out.get_mut(name_at) {
                *piece = Piece::Object(id);
            }
            if self.collect {
                self.uses.calls.push(Called { routine: id, call: Box::new(call.clone()), once });
            }
        } else if let Some(id) = callee.extension
            && let Some(piece) = self.out.get_mut(name_at)
        {
            // The name carries its extension, on which whatever calls it depends.
            *piece = Piece::Object(id);
            let name = format!(".{}", quote_ident(&call.name.name));
            self.out.insert(name_at + 1, Piece::Text(name.into()));
        }
        if !call.order_by.is_empty() {
            self.fixed(" ORDER BY ");
            self.list(&call.order_by, scope)?;
        }
        self.fixed(")");
        if let Some(filter) = &call.filter {
            self.fixed(" FILTER (WHERE ");
            let value = self.eval(filter, scope)?;
            self.condition(&value, "FILTER")?;
            self.fixed(")");
        }
        if let Some(over) = &call.over {
            self.fixed(" OVER (");
            self.list(over, scope)?;
            self.fixed(")");
        }
        if let Some(volatility) = callee.volatility {
            self.volatility = self.volatility.max(volatility);
        }
        if call.over.is_none() && (aggregate || callee.kind.is_none()) && self.queries > 0 {
            self.mark_aggregate(aggregate, start, scope);
        }
        let value = self.value(start, callee.result.clone());
        Ok((value, callee))
    }

    /// What the place forbids.
    fn check_place(&self, callee: &Callee, call: &Call, outer: bool) -> Outcome<()> {
        let aggregate = matches!(callee.kind, Some(FunctionKind::Aggregate | FunctionKind::OrderedSetAggregate));
        let refuse =
            |sqlstate, what: &str, place: &str| Err(fail(sqlstate, format!("{what} are not allowed in {place}")).at(call.name.span).into());
        match self.place.plural() {
            Some(place) if call.over.is_some() => refuse("42P20", "window functions", place),
            // An aggregate over columns of a query around belongs to that query.
            Some(place) if aggregate && !outer => refuse("42803", "aggregate functions", place),
            Some(place) if callee.set && !matches!(self.place, ExprPlace::FromFunction | ExprPlace::GroupBy | ExprPlace::Values) => {
                refuse("0A000", "set-returning functions", place)
            }
            _ => Ok(()),
        }
    }

    /// Brings the arguments into the declared types.
    fn arguments(&mut self, callee: &Callee, values: &[Value<'_>]) -> Outcome<()> {
        if callee.declared.is_empty() {
            return Ok(());
        }
        // Literals for a polymorphic argument take the type that the others settle; arguments of type "any" settle nothing.
        let settles = |declared: &Ty| self.is_polymorphic(declared) && !declared.is("any");
        let element = callee.declared.iter().zip(values).find_map(|(declared, value)| {
            let ty = value.ty.as_ref().filter(|ty| !ty.is("unknown") && settles(declared))?;
            let array = matches!(&declared.base, TyBase::Builtin(name) if name.ends_with("array"));
            let base = self.context.without_domain(ty);
            Some(Ty { array: base.array && !array, modifiers: Name::default(), ..base })
        });
        for (at, value) in values.iter().enumerate().rev() {
            let last = callee.declared.len() - 1;
            let repeated = callee.variadic && at >= last;
            let Some(declared) = callee.declared.get(if repeated { last } else { at }) else { continue };
            if repeated && values.len() == callee.declared.len() && value.ty.as_ref().is_some_and(|ty| ty.array) {
                continue;
            }
            let declared = if repeated && declared.array { Ty { array: false, ..declared.clone() } } else { declared.clone() };
            if !self.is_polymorphic(&declared) {
                self.coerce(value, &declared)?;
            } else if value.literal.is_some()
                && !declared.is("any")
                && let Some(element) = &element
            {
                let array = matches!(&declared.base, TyBase::Builtin(name) if name.ends_with("array"));
                self.coerce(value, &Ty { array: array || element.array, ..element.clone() })?;
            }
        }
        Ok(())
    }

    /// Finds what a call means.
    fn callee(&mut self, call: &Call, values: &[Value<'_>], loose: bool) -> Outcome<Callee> {
        let name = &call.name;
        let keys: Vec<Option<ArcStr>> = values.iter().map(Value::key).collect();
        let mut types: Vec<Option<&str>> = keys.iter().map(Option::as_deref).collect();
        let mut own = self.own_routines(name)?;
        // Named notation takes only routines that have arguments of these names.
        let has_names = |id: &ObjId| {
            let inputs: Vec<&Name> =
                self.context.routine_at(*id).map(|routine| routine.inputs().map(|input| &input.name).collect()).unwrap_or_default();
            let presumed = self.context.catalog.get(*id).is_none_or(|object| object.presumed);
            presumed || call.args.iter().all(|(label, _)| label.as_ref().is_none_or(|label| inputs.contains(&label)))
        };
        own.retain(has_names);
        let reaches_builtin = name.schema.as_deref().is_none_or(|schema| matches!(schema, "pg_catalog" | "information_schema"));
        let builtin = reaches_builtin.then(|| self.context.builtin.functions(&name.name)).into_iter().flatten();
        let known = builtin.clone().next().is_some();
        let foreign = keys.iter().flatten().any(|key| key.contains(['#', '?']));
        if call.within_group() {
            // Direct and ordered arguments together make the signature.
            types.clear();
        }
        let mut texts: Vec<(ArcStr, ArcStr)> = Vec::new();
        let mut others: Vec<Overload<'_>> = Vec::new();
        for &id in &own {
            if let Some(routine) = self.context.routine_at(id) {
                texts.push(self.signature(routine));
            }
        }
        let extended = if !known || foreign { self.extension_overloads(name, &mut texts) } else { Vec::new() };
        for (at, (arguments, result)) in texts.iter().enumerate() {
            match own.get(at).and_then(|&id| self.context.routine_at(id)) {
                Some(routine) => {
                    let object = own.get(at).and_then(|id| self.context.catalog.get(*id)).filter(|object| !object.presumed);
                    let home = object.map_or(0, |object| object.parent.0.wrapping_add(1));
                    others.push(Overload { home, ..overload(routine, arguments, result) });
                }
                None => {
                    if let Some((_, template)) = extended.get(at - own.len()) {
                        others.push(Overload { arguments, result, columns: "", ..*template });
                    }
                }
            }
        }
        if !known && others.is_empty() {
            return self.no_candidate(call, &types);
        }
        // A name that is known only from extensions is theirs whatever the arguments are.
        if loose || call.within_group() {
            return Ok(self.only_candidate(&own, builtin, &others, values.len()));
        }
        match resolve_call(self.context, Some(&name.name), builtin.clone().map(among).chain(others.iter().copied()), &types) {
            Resolution::One(found) => {
                let at = texts.iter().position(|(arguments, _)| *arguments == found.arguments);
                let own_at = at.filter(|at| *at < own.len()).and_then(|at| own.get(at)).copied();
                let from_builtin = own_at.is_none() || builtin.clone().any(|overload| overload.arguments == found.arguments);
                let declared = found.arguments.split(',').filter(|ty| !ty.is_empty()).map(type_of_key).collect();
                let extension = at.filter(|at| *at >= own.len()).and_then(|at| extended.get(at - own.len())).map(|(id, _)| *id);
                if found.kind == FunctionKind::Procedure && self.place != ExprPlace::CallArgument {
                    let signature = self.call_signature(name, &types);
                    return Err(fail("42809", format!("{signature} is a procedure")).at(name.span).into());
                }
                let mut callee = Callee {
                    declared,
                    kind: Some(found.kind),
                    set: found.returns_set,
                    volatility: Some(found.volatility),
                    ..Callee::unknown(Some(type_of_key(&found.result)))
                };
                match own_at {
                    Some(id) if !from_builtin => self.own_callee(id, &mut callee),
                    _ => {
                        if let Some(overload) = builtin.clone().find(|overload| overload.arguments == found.arguments) {
                            callee.variadic = overload.variadic;
                            callee.columns =
                                overload.column_types().map(|(name, ty)| (name.into(), super::types::builtin_ty(ty))).collect();
                        } else if let Some(overload) = others.iter().find(|overload| overload.arguments == found.arguments) {
                            callee.variadic = overload.variadic;
                        }
                        callee.extension = extension;
                    }
                }
                if found.arguments.is_empty() || callee.declared.len() == 1 && at.is_none() && !known {
                    callee.declared.clear();
                }
                Ok(callee)
            }
            Resolution::Maybe { result } => {
                let mut callee = self.only_candidate(&own, builtin.clone(), &others, values.len());
                if callee.declared.is_empty() && own.is_empty() && others.is_empty() {
                    callee.declared = registered_arguments(builtin, values);
                }
                if callee.result.is_none() {
                    callee.result = result.map(|key| type_of_key(&key));
                }
                Ok(callee)
            }
            Resolution::Ambiguous => {
                let signature = self.call_signature(name, &types);
                Err(fail("42725", format!("function {signature} is not unique")).at(name.span).into())
            }
            Resolution::None => self.no_candidate(call, &types),
        }
    }

    /// What is known of a routine of the schema.
    fn own_callee(&self, id: ObjId, callee: &mut Callee) {
        callee.routine = Some(id);
        self.context.note_doubt(id);
        let Some(routine) = self.context.routine_at(id) else { return };
        let presumed = self.context.catalog.get(id).is_some_and(|object| object.presumed);
        callee.variadic = routine.inputs().any(|argument| argument.mode == 'v');
        callee.set = routine.set;
        // The body of an SQL function may be put in its place, which then decides.
        callee.volatility = match routine.volatility {
            _ if routine.language == "sql" || presumed => None,
            'i' => Some(Volatility::Immutable),
            's' => Some(Volatility::Stable),
            _ => Some(Volatility::Volatile),
        };
        match &routine.returns {
            Some(ty) if !self.is_polymorphic(ty) || ty.is("record") => callee.result = Some(ty.clone()),
            Some(_) => {}
            None => {
                let mut outputs = routine.args.iter().filter(|argument| matches!(argument.mode, 'o' | 'b' | 't'));
                callee.result = match (outputs.next(), outputs.next()) {
                    (Some(only), None) => Some(only.ty.clone()),
                    (Some(_), Some(_)) => Some(Ty::builtin("record")),
                    _ => Some(Ty::builtin("void")),
                };
            }
        }
        if callee.result.as_ref().is_some_and(|ty| matches!(&ty.base, TyBase::Open(name) if name.is_empty())) {
            callee.result = None;
        }
    }

    /// The one routine that a call can mean which the rules could not settle; of several what they have in common.
    fn only_candidate(
        &self,
        own: &[ObjId],
        builtin: impl Iterator<Item = Overload<'static>> + Clone,
        others: &[Overload<'_>],
        count: usize,
    ) -> Callee {
        let mut callee = Callee::unknown(None);
        let fits = |overload: &Overload<'_>| {
            let declared = overload.argument_types().count();
            (count <= declared && count + overload.defaults >= declared) || (overload.variadic && count + 1 >= declared)
        };
        if own.is_empty() {
            // Whichever it is, it is no more constant than the most constant of them.
            let given = builtin.clone().filter(|overload| fits(overload)).map(|overload| overload.volatility);
            callee.volatility = given.chain(others.iter().filter(|overload| fits(overload)).map(|overload| overload.volatility)).min();
        }
        let mut builtin = builtin.peekable();
        if builtin.peek().is_none() {
            let mut fitting = own.iter().zip(others).filter(|(_, overload)| fits(overload));
            if let (Some((&id, overload)), None) = (fitting.next(), fitting.next()) {
                callee.kind = Some(overload.kind);
                self.own_callee(id, &mut callee);
            }
            return callee;
        }
        let Some(first) = builtin.next().filter(|_| own.is_empty()) else { return callee };
        let (mut kind, mut result) = (true, true);
        for other in builtin {
            kind &= other.kind == first.kind;
            result &= other.result == first.result && other.columns == first.columns;
        }
        callee.kind = kind.then_some(first.kind);
        let ty = type_of_key(first.result);
        callee.result = Some(ty).filter(|ty| result && first.columns.is_empty() && !self.is_polymorphic(ty));
        callee
    }

    /// The routines of the schema with a name, those earlier on the path hiding the same signature later.
    fn own_routines(&self, name: &ObjectName) -> Outcome<Vec<ObjId>> {
        let mut found = Vec::new();
        for schema in self.context.routine_schemas(name)? {
            for id in self.context.catalog.overloads(Class::Routine, schema, &name.name) {
                let same = |other: &ObjId| {
                    let key = |id: ObjId| self.context.routine_at(id).map(Routine::key_args);
                    key(*other) == key(id)
                };
                if self.context.routine_at(id).is_some() && !found.iter().any(same) {
                    found.push(id);
                }
            }
        }
        Ok(found)
    }

    fn signature(&self, routine: &Routine) -> (ArcStr, ArcStr) {
        let mut arguments = String::new();
        for argument in routine.inputs() {
            if !arguments.is_empty() {
                arguments.push(',');
            }
            arguments.push_str(&type_key(&argument.ty));
        }
        let result = routine.returns.as_ref().map_or_else(|| ArcStr::from("record"), type_key);
        (arguments.into(), result)
    }

    /// The overloads that installed extensions have; their signatures go to `texts`.
    fn extension_overloads(&self, name: &ObjectName, texts: &mut Vec<(ArcStr, ArcStr)>) -> Vec<(ObjId, Overload<'static>)> {
        let mut found = Vec::new();
        for (id, extension) in self.context.installed_in(name.schema.as_ref()) {
            for overload in extension.functions(&name.name) {
                let keys: Vec<ArcStr> = overload.argument_types().map(|ty| self.context.extension_type_key(ty)).collect();
                texts.push((keys.join(",").into(), self.context.extension_type_key(overload.result)));
                found.push((id, overload));
            }
        }
        found
    }

    fn call_signature(&self, name: &ObjectName, types: &[Option<&str>]) -> String {
        let types: Vec<String> = types
            .iter()
            .map(|ty| ty.map_or_else(|| "unknown".to_owned(), |ty| format_bare(&type_of_key(ty), self.context.catalog)))
            .collect();
        format!("{}({})", shown(name), types.join(", "))
    }

    /// Nothing fits: perhaps a cast in the form of a call, perhaps something of an extension, else an error.
    fn no_candidate(&self, call: &Call, types: &[Option<&str>]) -> Outcome<Callee> {
        let name = &call.name;
        let context = self.context;
        // The grammar itself makes calls of pg_catalog, also of what some versions lack.
        let described = || context.builtin.functions(&name.name).next().is_some() && types.iter().all(Option::is_some);
        if matches!(name.schema.as_deref(), Some("pg_catalog" | "information_schema")) && !described() {
            return Ok(Callee::unknown(None));
        }
        if name.schema.is_none() && context.builtin.function_known(&name.name) && context.builtin.functions(&name.name).next().is_none() {
            return Ok(Callee::unknown(None));
        }
        if let [argument] = types {
            // `t(x)` casts, `f(row)` selects a column.
            let row = argument.is_none_or(|ty| {
                TypeSource::ty(context, ty).is_none_or(|facts| matches!(facts.kind, super::super::builtin::TypeKind::Composite))
            });
            if row && argument.is_some_and(|ty| ty.starts_with('#')) {
                return Ok(Callee::unknown(None));
            }
            if let Ok((Presence::Present(id, _), _)) = context.look_up(Class::Type, name) {
                return Ok(Callee::unknown(Some(Ty::user(id))));
            }
        }
        // A range type has functions of its name that make its values.
        if let Ok((Presence::Present(id, _), _)) = context.look_up(Class::Type, name)
            && matches!(context.catalog.get(id).map(|object| &object.body), Some(Body::Type(Type::Range { .. } | Type::Multirange(_))))
        {
            return Ok(Callee::unknown(Some(Ty::user(id))));
        }
        let unsure = |(_, extension): &(ObjId, super::super::builtin::Extension)| {
            extension.function_names().any(|known| known == name.name)
                && (!extension.function_described(&name.name) || types.iter().any(Option::is_none))
        };
        if let Some((id, _)) = context.installed_in(name.schema.as_ref()).into_iter().find(unsure) {
            return Ok(Callee { extension: Some(id), ..Callee::unknown(None) });
        }
        let signature = self.call_signature(name, types);
        let word = if self.place == ExprPlace::CallArgument { "procedure" } else { "function" };
        let full = format!(
            "{}.{}",
            quote(name.schema.as_deref().unwrap_or("public")),
            self.call_signature(&ObjectName { schema: None, name: quote(&name.name).into(), span: name.span }, types)
        );
        let failure = fail("42883", format!("{word} {signature} does not exist")).about("function", full).at(name.span);
        let args: Vec<Option<Ty>> = types.iter().map(|ty| ty.filter(|ty| *ty != "unknown").map(type_of_key)).collect();
        let key_args = args.iter().map(|ty| ty.as_ref().map(Ty::key).unwrap_or_else(|| "?".into())).collect::<Vec<_>>().join(",");
        let schemas = context.routine_schemas(name)?;
        let open = schemas.iter().find_map(|&schema| Some((schema, context.routine_name_open(schema, &name.name, &key_args)?)));
        let (schema, open) = match open {
            Some((schema, gap)) => (schema, Some(gap)),
            None => {
                let home = schemas.first().copied().unwrap_or_else(|| context.catalog.public());
                // An extension whose contents we do not know may have it, wherever it was put.
                if context.open_extension() {
                    return Ok(Callee::unknown(None));
                }
                (home, None)
            }
        };
        let kind = if self.place == ExprPlace::CallArgument { RoutineKind::Procedure } else { RoutineKind::Function };
        let want = Want::Routine(kind, schema, name.name.clone(), Some(args));
        Err(Stop::Missing(Box::new(Missing { want, failure, open })))
    }

    /// SQL's own forms, which are no functions of the catalog.
    fn special_form<'e>(&mut self, call: &'e Call, scope: &Scope<'_>) -> Outcome<Value<'e>> {
        let start = self.out.len();
        let name = call.name.name.as_str();
        let fixed = |name: &str| Ty::builtin(name);
        let nameless = match name {
            "current_date" => Some("date"),
            "current_time" => Some("timetz"),
            "current_timestamp" => Some("timestamptz"),
            "localtime" => Some("time"),
            "localtimestamp" => Some("timestamp"),
            "current_user" | "current_role" | "session_user" | "current_catalog" | "current_schema" => Some("name"),
            "system_user" => Some("text"),
            _ => None,
        };
        let name = if name == "current_role" { "current_user" } else { name };
        if let Some(ty) = nameless {
            self.text(name.to_ascii_uppercase());
            if !call.args.is_empty() {
                self.fixed("(");
                for (_, arg) in &call.args {
                    self.eval(arg, scope)?;
                }
                self.fixed(")");
            }
            self.volatility = self.volatility.max(Volatility::Stable);
            return Ok(self.value(start, Some(fixed(ty))));
        }
        self.text(name.to_ascii_uppercase());
        self.fixed("(");
        let mut values = Vec::with_capacity(call.args.len());
        for (at, (_, arg)) in call.args.iter().enumerate() {
            if at > 0 {
                self.fixed(", ");
            }
            values.push(self.eval(arg, scope)?);
        }
        let ty = match name {
            "coalesce" | "greatest" | "least" => {
                let word: &'static str = match name {
                    "coalesce" => "COALESCE",
                    "greatest" => "GREATEST",
                    _ => "LEAST",
                };
                self.common(word, &values)?
            }
            "nullif" => {
                let mut ty = None;
                if let [left, right] = values.as_slice() {
                    let key = left.key();
                    let found = match key {
                        Some(_) => Some(self.resolve_operator_between("=", left.ty.as_ref(), right)?),
                        None => None,
                    };
                    if left.is_unknown() {
                        let other = right.ty.clone().filter(|ty| !ty.is("unknown")).unwrap_or_else(|| fixed("text"));
                        ty = found.map_or(Some(other.clone()), |found| found.left_taken(&other, self.context));
                        if let Some(ty) = &ty {
                            self.coerce(left, &Ty { modifiers: Name::default(), ..ty.clone() })?;
                        }
                    } else {
                        if let Some(found) = &found {
                            self.operand(left, found.left.as_ref(), right.ty.as_ref())?;
                        }
                        ty = found.zip(left.ty.as_ref()).and_then(|(found, ty)| found.left_taken(ty, self.context));
                    }
                }
                ty
            }
            "grouping" => Some(fixed("int4")),
            "xmlelement" | "xmlforest" | "xmlconcat" | "xmlpi" | "xmlroot" | "xmlparse" => Some(fixed("xml")),
            "merge_action" => Some(fixed("text")),
            _ => None,
        };
        self.fixed(")");
        Ok(self.value(start, ty))
    }
}

impl Call {
    /// `WITHIN GROUP` is told from an ordered aggregate by the functions that take it.
    fn within_group(&self) -> bool {
        !self.order_by.is_empty()
            && matches!(
                self.name.name.as_str(),
                "percentile_cont" | "percentile_disc" | "mode" | "rank" | "dense_rank" | "percent_rank" | "cume_dist"
            )
    }
}

/// A routine of the schema in the shape that the rules take.
fn overload<'a>(routine: &Routine, arguments: &'a str, result: &'a str) -> Overload<'a> {
    let volatility = match routine.volatility {
        'i' => Volatility::Immutable,
        's' => Volatility::Stable,
        _ => Volatility::Volatile,
    };
    let kind = match routine.kind {
        RoutineKind::Procedure => FunctionKind::Procedure,
        RoutineKind::Aggregate => FunctionKind::Aggregate,
        RoutineKind::Function | RoutineKind::Routine => FunctionKind::Function,
    };
    Overload {
        kind,
        returns_set: routine.set,
        variadic: routine.inputs().any(|argument| argument.mode == 'v'),
        defaults: routine.inputs().filter(|argument| argument.default.is_some()).count(),
        ..Overload::new(arguments, result, volatility)
    }
}

/// A built-in overload among others that live shorter.
pub(super) fn among<'a>(overload: Overload<'static>) -> Overload<'a> {
    overload
}

/// The name of a function that the grammar calls for a form of SQL's own: the server remembers the form from 14 on.
fn sql_name(name: &str, version: u16) -> String {
    const FORMS: [&str; 13] = [
        "btrim",
        "extract",
        "is_normalized",
        "ltrim",
        "normalize",
        "overlaps",
        "overlay",
        "pg_collation_for",
        "position",
        "rtrim",
        "substring",
        "timezone",
        "xmlexists",
    ];
    match name {
        "extract" if version < 14 => "date_part".to_owned(),
        name if version >= 14 && FORMS.contains(&name) => name.to_ascii_uppercase(),
        name => quote_ident(name),
    }
}

/// The names of objects among the arguments, whichever of the overloads is meant: `to_tsvector('english', …)` names a configuration.
fn registered_arguments(overloads: impl Iterator<Item = Overload<'static>>, values: &[Value<'_>]) -> Vec<Ty> {
    let mut agreed: Option<Vec<&str>> = None;
    for overload in overloads {
        let types: Vec<&str> = overload.arguments.split(',').collect();
        if types.len() != values.len() {
            continue;
        }
        agreed = Some(match agreed {
            Some(before) => before.iter().zip(&types).map(|(one, other)| if one == other { *one } else { "any" }).collect(),
            None => types,
        });
    }
    let named = |(ty, value): &(&str, &Value<'_>)| ty.starts_with("reg") && value.literal.is_some();
    let arguments = agreed.unwrap_or_default().into_iter().zip(values);
    arguments.map(|argument| type_of_key(if named(&argument) { argument.0 } else { "any" })).collect()
}
