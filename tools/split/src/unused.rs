//! Takes the bodies out of functions that are never called though tables of functions hold them, which is why no linker and no
//! optimiser can. A view keeps a way to be taken over step by step, waiting for code and data in between; our pages are taken
//! over in one go, once their code is there, and that way is a tenth of the module.
//!
//! A body becomes a trap of the same length, so that everything else stays where it is; the relocations within go.

use eyre::{OptionExt, Result, ensure};
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{KnownCustom, Name, Parser, Payload, RelocationEntry, RelocationType, TypeRef};

/// How the names of such functions end, before their hash: what polls the future of `hydrate_async`. Nothing that belongs to it
/// besides, such as what it hands on or drops: that may stand for another function too, which came out the same.
const NEVER_CALLED: &str = "13hydrate_async28_$u7b$$u7b$closure$u7d$$u7d$17h";
/// The fewest bytes of a body that is taken out.
const SMALL: usize = 48;

/// What is known of a module.
#[derive(Default)]
struct Module {
    imports: u32,
    /// Where the code section's content begins; relocations count from there.
    code: usize,
    bodies: Vec<Range<usize>>,
    names: HashMap<u32, String>,
    /// The custom section of the code's relocations, with its head, and what it holds.
    relocations: Option<(Range<usize>, u32, Vec<RelocationEntry>)>,
}

/// The module without those bodies, and how many bytes they had.
pub fn without(wasm: &[u8]) -> Result<(Vec<u8>, usize)> {
    let module = read(wasm)?;
    let is_unused = |(index, body): &(usize, &Range<usize>)| {
        let name = module.names.get(&(module.imports + *index as u32));
        let name = name.is_some_and(|name| name.contains(NEVER_CALLED));
        name && body.len() >= SMALL
    };
    let mut unused: Vec<Range<usize>> =
        module.bodies.iter().enumerate().filter(is_unused).map(|(_, body)| body.clone()).collect();
    unused.sort_by_key(|body| body.start);
    ensure!(!unused.is_empty(), "no function is called like those that are never called");
    let mut out = wasm.to_vec();
    for body in &unused {
        out[body.clone()].fill(NOP);
        out[body.start] = 0; // no locals
        out[body.start + 1] = UNREACHABLE;
        out[body.end - 1] = END;
    }
    let (section, index, entries) = module.relocations.ok_or_eyre("the module has no relocations")?;
    let is_within = |entry: &RelocationEntry| {
        let at = module.code + entry.offset as usize;
        let before = unused.partition_point(|body| body.end <= at);
        unused.get(before).is_some_and(|body| body.contains(&at))
    };
    let kept: Vec<RelocationEntry> = entries.into_iter().filter(|entry| !is_within(entry)).collect();
    out.splice(section, relocations(index, &kept)?);
    Ok((out, unused.iter().map(ExactSizeIterator::len).sum()))
}

const UNREACHABLE: u8 = 0x00;
const NOP: u8 = 0x01;
const END: u8 = 0x0b;

fn read(wasm: &[u8]) -> Result<Module> {
    let mut module = Module::default();
    let mut end = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let begins = end;
        if let Some((_, range)) = payload.as_section() {
            end = range.end as usize;
        }
        match payload {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    module.imports += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => module.code = range.start as usize,
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                module.bodies.push(range.start as usize..range.end as usize);
            }
            Payload::CustomSection(section) => match section.as_known() {
                KnownCustom::Name(names) => {
                    for name in names {
                        if let Ok(Name::Function(functions)) = name {
                            for naming in functions {
                                let naming = naming?;
                                module.names.insert(naming.index, naming.name.to_owned());
                            }
                        }
                    }
                }
                KnownCustom::Reloc(entries) if section.name() == "reloc.CODE" => {
                    let index = entries.section_index();
                    let all: Result<Vec<_>, _> = entries.entries().into_iter().collect();
                    module.relocations = Some((begins..end, index, all?));
                }
                _ => {}
            },
            _ => {}
        }
    }
    ensure!(!module.names.is_empty(), "the module has no names");
    Ok(module)
}

/// The custom section of some relocations, as the object file convention has it.
fn relocations(section: u32, entries: &[RelocationEntry]) -> Result<Vec<u8>> {
    let name = "reloc.CODE";
    let mut body = Vec::new();
    unsigned(&mut body, name.len() as u64);
    body.extend_from_slice(name.as_bytes());
    unsigned(&mut body, section.into());
    unsigned(&mut body, entries.len() as u64);
    for entry in entries {
        body.push(entry.ty as u8);
        unsigned(&mut body, entry.offset.into());
        unsigned(&mut body, entry.index.into());
        if takes_addend(entry.ty) {
            signed(&mut body, entry.addend);
        }
    }
    let mut out = vec![0];
    unsigned(&mut out, body.len() as u64);
    out.extend(body);
    Ok(out)
}

fn takes_addend(ty: RelocationType) -> bool {
    use RelocationType as R;
    !matches!(
        ty,
        R::FunctionIndexLeb
            | R::TableIndexSleb
            | R::TableIndexI32
            | R::TypeIndexLeb
            | R::GlobalIndexLeb
            | R::EventIndexLeb
            | R::GlobalIndexI32
            | R::TableIndexSleb64
            | R::TableIndexI64
            | R::TableNumberLeb
            | R::TableIndexRelSleb
            | R::TableIndexRelSleb64
            | R::FunctionIndexI32
    )
}

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn signed(out: &mut Vec<u8>, mut value: i64) {
    while !(-64..64).contains(&value) {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8 & 0x7f);
}
