//! Objects that we keep by name, text and references only, and a few that stand beside them: schemas, extensions, casts, operators.

use super::alter::{self, OWNER, RENAME, SCHEMA};
use super::drop::{cast, operator, operator_group, operator_group_name, transform, user_mapping_of};
use super::objects::{self, text_search};
use super::parts::{as_options, bare, type_as_object};
use crate::lower::parser::{Parse, Parser};
use crate::op::{
    AlterExtension, AlterGeneric, CreateCast, CreateExtension, CreateGeneric, CreateOperator, CreateSchema, GenericKind, Ident, Name,
    ObjectName, ObjectRef, Op, Reach, RelationKind, RoleName, RoutineKind,
};

/// What is collected of a generic object while its definition is read.
pub(super) struct Definition {
    kind: GenericKind,
    name: ObjectName,
    method: Option<Name>,
    flag: bool,
    refers: Vec<ObjectRef>,
    mark: usize,
}

impl Definition {
    /// Of an object whose definition begins here.
    pub fn new(p: &Parser, kind: GenericKind, name: ObjectName) -> Self {
        Self { kind, name, method: None, flag: false, refers: Vec::new(), mark: p.mark() }
    }

    /// A function that it calls.
    pub fn function(&mut self, name: ObjectName) {
        let signature = crate::op::Signature { name, args: None };
        self.refers.push(ObjectRef::Routine { kind: RoutineKind::Function, signature });
    }

    /// Other objects that it names.
    pub fn refer(&mut self, objects: &mut Vec<ObjectRef>) {
        self.refers.append(objects);
    }

    /// `CREATE`, with the text from the mark to here.
    pub fn create(self, p: &Parser, or_replace: bool) -> Op {
        let text = p.normal_text(self.mark);
        self.create_as(text, or_replace)
    }

    fn create_as(self, text: String, or_replace: bool) -> Op {
        let Self { kind, name, method, flag, refers, .. } = self;
        Op::CreateGeneric(Box::new(CreateGeneric { kind, name, method, if_not_exists: flag, or_replace, refers, text }))
    }

    /// `ALTER`, with the text from the mark to here.
    pub fn alter(self, p: &Parser) -> Op {
        let Self { kind, name, method, flag, refers, mark } = self;
        Op::AlterGeneric(Box::new(AlterGeneric { kind, name, method, if_exists: flag, refers, text: p.normal_text(mark) }))
    }
}

/// After `CREATE SCHEMA`.
pub(super) fn create_schema(p: &mut Parser) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let written = if p.is_word(0, "AUTHORIZATION") { None } else { Some(p.ident()?) };
    let mut owner = None;
    let mut span = p.here();
    if p.word("AUTHORIZATION") {
        span = p.here();
        owner = Some(p.role()?);
    }
    let name = match (written, &owner) {
        (Some(name), _) => name,
        (None, Some(RoleName::Named(name))) => Ident { name: name.clone(), span },
        _ => {
            p.gap_later("a schema that is named after the current user", Reach::Everything);
            Ident { name: Name::default(), span }
        }
    };
    let mut elements = Vec::new();
    while p.is_one_of(0, &["CREATE", "GRANT"]) {
        let at = p.here();
        let Some(op) = super::statement(p)? else { return Err(p.syntax_error()) };
        if if_not_exists {
            return Err(p.reject("0A000", "CREATE SCHEMA IF NOT EXISTS cannot include schema elements", at));
        }
        match op {
            Op::CreateTable(_) | Op::CreateIndex(_) | Op::CreateSequence(_) | Op::CreateTrigger(_) | Op::CreateView(_) | Op::Grant(_) => {
                elements.push(op);
            }
            _ => return Err(p.reject("42601", format!("syntax error at or near \"{}\"", at.of(p.text)), at)),
        }
    }
    Ok(Op::CreateSchema(CreateSchema { name, if_not_exists, owner, elements }))
}

/// After `CREATE EXTENSION`.
pub(super) fn create_extension(p: &mut Parser) -> Parse<Op> {
    let if_not_exists = p.if_not_exists()?;
    let name = p.ident()?;
    p.word("WITH");
    let mut extension = CreateExtension { name, if_not_exists, schema: None, version: None, cascade: false };
    loop {
        let mark = p.mark();
        let twice = match p.one_of(&["SCHEMA", "VERSION", "CASCADE", "FROM"]) {
            Some("SCHEMA") => extension.schema.replace(p.ident()?).is_some(),
            Some("VERSION") => extension.version.replace(p.setting_word()?).is_some(),
            Some("CASCADE") => std::mem::replace(&mut extension.cascade, true),
            Some(_) => {
                p.setting_word()?;
                return Err(p.reject("0A000", "CREATE EXTENSION ... FROM is no longer supported", p.span_from(mark)));
            }
            None => return Ok(Op::CreateExtension(extension)),
        };
        if twice {
            p.conflicting(p.span_from(mark));
        }
    }
}

/// After `ALTER EXTENSION`.
pub(super) fn alter_extension(p: &mut Parser) -> Parse<Op> {
    let name = p.ident()?;
    match p.expect_one_of(&["UPDATE", "ADD", "DROP", "SET"])? {
        "UPDATE" => {
            let mut version = None;
            while p.word("TO") {
                let mark = p.mark();
                if version.replace(p.setting_word()?).is_some() {
                    p.conflicting(p.span_from(mark));
                }
            }
            Ok(Op::AlterExtension(Box::new(AlterExtension::Update { name, version })))
        }
        "SET" => {
            p.expect_word("SCHEMA")?;
            Ok(Op::SetSchema { target: ObjectRef::Extension(name), if_exists: false, schema: p.ident()? })
        }
        word => Ok(Op::AlterExtension(Box::new(AlterExtension::Member { name, add: word == "ADD", target: objects::member(p)? }))),
    }
}

/// After `CREATE CAST`.
pub(super) fn create_cast(p: &mut Parser) -> Parse<Op> {
    let ObjectRef::Cast { source, target } = cast(p)? else { return Err(p.syntax_error()) };
    let mut function = None;
    let mut inout = false;
    if p.word("WITHOUT") {
        p.expect_word("FUNCTION")?;
    } else {
        p.expect_word("WITH")?;
        match p.expect_one_of(&["FUNCTION", "INOUT"])? {
            "FUNCTION" => function = Some(p.signature()?),
            _ => inout = true,
        }
    }
    let mut context = 'e';
    if p.word("AS") {
        context = if p.expect_one_of(&["IMPLICIT", "ASSIGNMENT"])? == "IMPLICIT" { 'i' } else { 'a' };
    }
    Ok(Op::CreateCast(Box::new(CreateCast { source, target, function, inout, context })))
}

/// After `CREATE OPERATOR`.
pub(super) fn create_operator(p: &mut Parser) -> Parse<Op> {
    if let Some(kind) = operator_group(p) {
        return if kind == GenericKind::OperatorClass { create_operator_class(p) } else { create_operator_family(p) };
    }
    let name = p.any_operator()?;
    let elements = p.elements()?;
    let find = |name: &str| elements.iter().find(|element| element.name == name);
    let function = find("function").or_else(|| find("procedure")).and_then(|element| element.object());
    let left = find("leftarg").and_then(|element| element.ty.clone());
    let right = find("rightarg").and_then(|element| element.ty.clone());
    Ok(Op::CreateOperator(Box::new(CreateOperator { name, function, left, right, options: as_options(&elements) })))
}

fn create_operator_class(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    let mut definition = Definition::new(p, GenericKind::OperatorClass, name);
    p.word("DEFAULT");
    p.expect_words(&["FOR", "TYPE"])?;
    definition.refers.push(ObjectRef::Type(type_as_object(&p.type_name()?)));
    p.expect_word("USING")?;
    definition.method = Some(p.name()?);
    if p.word("FAMILY") {
        let (kind, name) = (GenericKind::OperatorFamily, p.object_name()?);
        definition.refers.push(ObjectRef::Generic { kind, name, method: definition.method.clone() });
    }
    p.expect_word("AS")?;
    class_items(p, &mut definition)?;
    Ok(definition.create(p, false))
}

fn class_items(p: &mut Parser, definition: &mut Definition) -> Parse<()> {
    p.comma_list(|p| {
        match p.expect_one_of(&["OPERATOR", "FUNCTION", "STORAGE"])? {
            "STORAGE" => {
                definition.refers.push(ObjectRef::Type(type_as_object(&p.type_name()?)));
            }
            "OPERATOR" => {
                p.integer()?;
                let mark = p.mark();
                p.any_operator()?;
                if p.is_symbol(0, '(') {
                    p.at = mark;
                    let target = operator(p)?;
                    definition.refers.push(target);
                }
                if p.word("FOR") && p.expect_one_of(&["SEARCH", "ORDER"])? == "ORDER" {
                    p.expect_word("BY")?;
                    p.object_name()?;
                }
                p.word("RECHECK");
            }
            _ => {
                p.integer()?;
                if p.is_symbol(0, '(') {
                    p.parenthesised_list(Parser::type_name)?;
                }
                let signature = p.signature()?;
                definition.refers.push(ObjectRef::Routine { kind: RoutineKind::Function, signature });
            }
        }
        Ok(())
    })?;
    Ok(())
}

fn create_operator_family(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    let mut definition = Definition::new(p, GenericKind::OperatorFamily, name);
    p.expect_word("USING")?;
    definition.method = Some(p.name()?);
    Ok(definition.create(p, false))
}

/// After `ALTER OPERATOR`.
pub(super) fn alter_operator(p: &mut Parser) -> Parse<Op> {
    let Some(kind) = operator_group(p) else {
        let target = operator(p)?;
        if p.is_word(0, "SET") && p.is_symbol(1, '(') {
            p.at += 1;
            p.elements()?;
            let ObjectRef::Operator { name, .. } = target else { return Err(p.syntax_error()) };
            let reach = Reach::Names(vec![name.name]);
            p.gap_later("ALTER OPERATOR … SET", reach);
            return Ok(Op::Nothing);
        }
        return alter::common(p, target, OWNER | SCHEMA);
    };
    let target = operator_group_name(p, kind)?;
    let ObjectRef::Generic { name, method, .. } = &target else { return Err(p.syntax_error()) };
    if kind == GenericKind::OperatorFamily && p.is_one_of(0, &["ADD", "DROP"]) {
        let mut definition = Definition::new(p, kind, name.clone());
        definition.method = method.clone();
        if p.word("ADD") {
            class_items(p, &mut definition)?;
        } else {
            p.word("DROP");
            p.comma_list(|p| {
                p.expect_one_of(&["OPERATOR", "FUNCTION"])?;
                p.integer()?;
                p.parenthesised_list(Parser::type_name)
            })?;
        }
        return Ok(definition.alter(p));
    }
    alter::common(p, target, RENAME | OWNER | SCHEMA)
}

/// After `CREATE COLLATION`.
pub(super) fn create_collation(p: &mut Parser) -> Parse<Op> {
    let flag = p.if_not_exists()?;
    let name = p.object_name()?;
    let mut definition = Definition::new(p, GenericKind::Collation, name);
    definition.flag = flag;
    if p.word("FROM") {
        let (kind, name) = (GenericKind::Collation, p.object_name()?);
        definition.refers.push(ObjectRef::Generic { kind, name, method: None });
    } else {
        p.elements()?;
    }
    Ok(definition.create(p, false))
}

/// After `CREATE [DEFAULT] CONVERSION`.
pub(super) fn create_conversion(p: &mut Parser) -> Parse<Op> {
    let name = p.object_name()?;
    let mut definition = Definition::new(p, GenericKind::Conversion, name);
    p.expect_word("FOR")?;
    p.string()?;
    p.expect_word("TO")?;
    p.string()?;
    p.expect_word("FROM")?;
    let function = p.object_name()?;
    definition.function(function);
    Ok(definition.create(p, false))
}

/// After `CREATE`, at `TEXT SEARCH`.
pub(super) fn create_text_search(p: &mut Parser) -> Parse<Op> {
    let Some(kind) = text_search(p) else { return Err(p.syntax_error_at(p.at + if p.is_word(1, "SEARCH") { 2 } else { 1 })) };
    let name = p.object_name()?;
    let mut definition = Definition::new(p, kind, name);
    for element in p.elements()? {
        let Some(name) = element.object() else { continue };
        let generic = |kind| ObjectRef::Generic { kind, name: name.clone(), method: None };
        match (kind, element.name.as_str()) {
            (GenericKind::TextSearchDictionary, "template") => definition.refers.push(generic(GenericKind::TextSearchTemplate)),
            (GenericKind::TextSearchConfiguration, "parser") => definition.refers.push(generic(GenericKind::TextSearchParser)),
            (GenericKind::TextSearchConfiguration, "copy") => definition.refers.push(generic(GenericKind::TextSearchConfiguration)),
            (GenericKind::TextSearchParser | GenericKind::TextSearchTemplate, _) => definition.function(name),
            _ => {}
        }
    }
    Ok(definition.create(p, false))
}

/// After `ALTER`, at `TEXT SEARCH`.
pub(super) fn alter_text_search(p: &mut Parser) -> Parse<Op> {
    let Some(kind) = text_search(p) else { return Err(p.syntax_error_at(p.at + if p.is_word(1, "SEARCH") { 2 } else { 1 })) };
    let name = p.object_name()?;
    let mut definition = Definition::new(p, kind, name.clone());
    if kind == GenericKind::TextSearchDictionary && p.is_symbol(0, '(') {
        p.elements()?;
        return Ok(definition.alter(p));
    }
    if kind == GenericKind::TextSearchConfiguration && p.is_one_of(0, &["ADD", "ALTER", "DROP"]) {
        mapping(p, &mut definition)?;
        return Ok(definition.alter(p));
    }
    let owned = matches!(kind, GenericKind::TextSearchConfiguration | GenericKind::TextSearchDictionary);
    alter::common(p, ObjectRef::Generic { kind, name, method: None }, if owned { RENAME | OWNER | SCHEMA } else { RENAME | SCHEMA })
}

fn mapping(p: &mut Parser, definition: &mut Definition) -> Parse<()> {
    let verb = p.expect_one_of(&["ADD", "ALTER", "DROP"])?;
    p.expect_word("MAPPING")?;
    if verb == "DROP" {
        p.if_exists();
    }
    let replace_all = verb == "ALTER" && p.is_word(0, "REPLACE");
    if !replace_all {
        p.expect_word("FOR")?;
        p.name_list()?;
    }
    if verb == "DROP" {
        return Ok(());
    }
    let mut dictionaries = Vec::new();
    if verb == "ALTER" && p.word("REPLACE") {
        dictionaries.push(p.object_name()?);
        p.expect_word("WITH")?;
        dictionaries.push(p.object_name()?);
    } else {
        p.expect_word("WITH")?;
        dictionaries = p.object_names()?;
    }
    let kind = GenericKind::TextSearchDictionary;
    definition.refers.extend(dictionaries.into_iter().map(|name| ObjectRef::Generic { kind, name, method: None }));
    Ok(())
}

/// After `CREATE STATISTICS`. It refers to its table and to the columns it names.
pub(super) fn create_statistics(p: &mut Parser) -> Parse<Op> {
    let flag = p.if_not_exists()?;
    // From 16 on the server makes a name where none is written.
    let nameless = p.version >= 16 && !flag && (p.is_word(0, "ON") || p.is_symbol(0, '('));
    let name = if nameless { ObjectName { schema: None, name: Name::default(), span: p.here() } } else { p.object_name()? };
    let mut definition = Definition::new(p, GenericKind::Statistics, name);
    definition.flag = flag;
    if p.is_symbol(0, '(') {
        p.names()?;
    }
    p.expect_word("ON")?;
    let columns = p.comma_list(|p| {
        if p.version < 14 || (p.is_ident(0) && !p.is_symbol(1, '(') && !p.is_symbol(1, '.')) {
            return Ok(Some(p.ident()?));
        }
        if p.is_symbol(0, '(') {
            p.parenthesised(Parser::expr)?;
        } else {
            p.func_expr_windowless()?;
        }
        Ok(None)
    })?;
    if matches!(columns.as_slice(), [Some(_)]) {
        p.refuse_later("42P17", "extended statistics require at least 2 columns", p.whole());
    }
    // The table is told by what it refers to, however it is written.
    let text = p.normal_text(definition.mark);
    p.expect_word("FROM")?;
    let tables = p.comma_list(|p| {
        let (table, _) = p.relation_expr()?;
        if p.word("AS") || p.is_ident(0) {
            p.ident()?;
        }
        Ok(table)
    })?;
    if tables.len() > 1 {
        p.refuse_later("0A000", "only a single relation is allowed in CREATE STATISTICS", p.whole());
    }
    let Some(table) = tables.into_iter().next() else { return Err(p.syntax_error()) };
    for column in columns.into_iter().flatten() {
        definition.refers.push(ObjectRef::Column { relation: table.clone(), column });
    }
    definition.refers.insert(0, ObjectRef::Relation { kind: RelationKind::Table, name: table });
    Ok(definition.create_as(text, false))
}

/// After `ALTER STATISTICS`.
pub(super) fn alter_statistics(p: &mut Parser) -> Parse<Op> {
    let flag = p.if_exists();
    let name = p.object_name()?;
    let mut definition = Definition::new(p, GenericKind::Statistics, name.clone());
    if p.words(&["SET", "STATISTICS"]) {
        definition.flag = flag;
        super::alter_table::statistics_target(p)?;
        return Ok(definition.alter(p));
    }
    if flag {
        return Err(p.syntax_error());
    }
    alter::common(p, ObjectRef::Generic { kind: GenericKind::Statistics, name, method: None }, RENAME | OWNER | SCHEMA)
}

/// After `CREATE [OR REPLACE] [TRUSTED] [PROCEDURAL] LANGUAGE`.
pub(super) fn create_language(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let name = p.ident()?;
    if p.is_end() {
        // Without a handler this is another spelling of CREATE EXTENSION.
        let (schema, version, cascade) = Default::default();
        return Ok(Op::CreateExtension(CreateExtension { name, if_not_exists: or_replace, schema, version, cascade }));
    }
    let mut definition = Definition::new(p, GenericKind::Language, bare(name));
    p.expect_word("HANDLER")?;
    let handler = p.handler()?;
    definition.function(handler);
    if p.word("INLINE") {
        let inline = p.handler()?;
        definition.function(inline);
    }
    if p.word("VALIDATOR") {
        let validator = p.handler()?;
        definition.function(validator);
    } else if p.word("NO") {
        p.expect_word("VALIDATOR")?;
    }
    Ok(definition.create(p, or_replace))
}

/// After `CREATE [OR REPLACE] TRANSFORM`.
pub(super) fn create_transform(p: &mut Parser, or_replace: bool) -> Parse<Op> {
    let ObjectRef::Generic { name, method, .. } = transform(p)? else { return Err(p.syntax_error()) };
    let ty = ObjectRef::Type(name.clone());
    let mut definition = Definition::new(p, GenericKind::Transform, name);
    definition.method = method;
    definition.refers.push(ty);
    let (mut from_said, mut to_said) = (false, false);
    p.parenthesised_list(|p| {
        let mark = p.mark();
        let from = p.expect_one_of(&["FROM", "TO"])? == "FROM";
        p.expect_words(&["SQL", "WITH", "FUNCTION"])?;
        let signature = p.signature()?;
        definition.refers.push(ObjectRef::Routine { kind: RoutineKind::Function, signature });
        let said = if from { &mut from_said } else { &mut to_said };
        if std::mem::replace(said, true) { Err(p.syntax_error_at(mark)) } else { Ok(()) }
    })?;
    Ok(definition.create(p, or_replace))
}

/// After `CREATE ACCESS METHOD`.
pub(super) fn create_access_method(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let mut definition = Definition::new(p, GenericKind::AccessMethod, name);
    p.expect_word("TYPE")?;
    p.expect_one_of(&["INDEX", "TABLE"])?;
    p.expect_word("HANDLER")?;
    let handler = p.handler()?;
    definition.function(handler);
    Ok(definition.create(p, false))
}

/// After `CREATE FOREIGN DATA WRAPPER`.
pub(super) fn create_wrapper(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let mut definition = Definition::new(p, GenericKind::ForeignDataWrapper, name);
    wrapper_functions(p, &mut definition)?;
    p.opt_generic_options()?;
    Ok(definition.create(p, false))
}

/// `[NO] HANDLER`, `[NO] VALIDATOR`, in any number.
fn wrapper_functions(p: &mut Parser, definition: &mut Definition) -> Parse<()> {
    loop {
        if p.words(&["NO", "HANDLER"]) || p.words(&["NO", "VALIDATOR"]) {
        } else if p.one_of(&["HANDLER", "VALIDATOR"]).is_some() {
            let function = p.handler()?;
            definition.function(function);
        } else {
            return Ok(());
        }
    }
}

/// After `ALTER FOREIGN DATA WRAPPER`.
pub(super) fn alter_wrapper(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let kind = GenericKind::ForeignDataWrapper;
    if p.is_one_of(0, &["RENAME", "OWNER"]) {
        return alter::common(p, ObjectRef::Generic { kind, name, method: None }, RENAME | OWNER);
    }
    let mut definition = Definition::new(p, kind, name);
    let before = p.mark();
    wrapper_functions(p, &mut definition)?;
    if p.mark() == before || p.is_word(0, "OPTIONS") {
        p.alter_generic_options()?;
    }
    Ok(definition.alter(p))
}

/// After `CREATE SERVER`.
pub(super) fn create_server(p: &mut Parser) -> Parse<Op> {
    let flag = p.if_not_exists()?;
    let name = bare(p.ident()?);
    let mut definition = Definition::new(p, GenericKind::ForeignServer, name);
    definition.flag = flag;
    if p.word("TYPE") {
        p.string()?;
    }
    if p.word("VERSION") && !p.word("NULL") {
        p.string()?;
    }
    p.expect_words(&["FOREIGN", "DATA", "WRAPPER"])?;
    let (kind, name) = (GenericKind::ForeignDataWrapper, bare(p.ident()?));
    definition.refers.push(ObjectRef::Generic { kind, name, method: None });
    p.opt_generic_options()?;
    Ok(definition.create(p, false))
}

/// After `ALTER SERVER`.
pub(super) fn alter_server(p: &mut Parser) -> Parse<Op> {
    let name = bare(p.ident()?);
    let kind = GenericKind::ForeignServer;
    if p.is_one_of(0, &["RENAME", "OWNER"]) {
        return alter::common(p, ObjectRef::Generic { kind, name, method: None }, RENAME | OWNER);
    }
    let definition = Definition::new(p, kind, name);
    let version = p.word("VERSION");
    if version && !p.word("NULL") {
        p.string()?;
    }
    if !version || p.is_word(0, "OPTIONS") {
        p.alter_generic_options()?;
    }
    Ok(definition.alter(p))
}

/// After `CREATE USER MAPPING`.
pub(super) fn create_user_mapping(p: &mut Parser) -> Parse<Op> {
    let flag = p.if_not_exists()?;
    let (role, server) = user_mapping_of(p)?;
    let mut definition = Definition::new(p, GenericKind::UserMapping, role);
    definition.flag = flag;
    definition.method = Some(server.name.clone());
    definition.refers.push(ObjectRef::Generic { kind: GenericKind::ForeignServer, name: bare(server), method: None });
    p.opt_generic_options()?;
    Ok(definition.create(p, false))
}

/// After `ALTER USER MAPPING`.
pub(super) fn alter_user_mapping(p: &mut Parser) -> Parse<Op> {
    let (role, server) = user_mapping_of(p)?;
    let mut definition = Definition::new(p, GenericKind::UserMapping, role);
    definition.method = Some(server.name);
    p.alter_generic_options()?;
    Ok(definition.alter(p))
}

/// After `IMPORT`.
pub(super) fn import(p: &mut Parser) -> Parse<Op> {
    p.expect_words(&["FOREIGN", "SCHEMA"])?;
    p.ident()?;
    if p.word("LIMIT") {
        p.expect_word("TO")?;
        p.parenthesised_list(Parser::relation_expr)?;
    } else if p.word("EXCEPT") {
        p.parenthesised_list(Parser::relation_expr)?;
    }
    p.expect_words(&["FROM", "SERVER"])?;
    p.ident()?;
    p.expect_word("INTO")?;
    p.ident()?;
    p.opt_generic_options()?;
    // Which tables the foreign server has, only it knows.
    p.gap_later("IMPORT FOREIGN SCHEMA", Reach::Everything);
    Ok(Op::Nothing)
}
