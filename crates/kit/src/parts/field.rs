//! Form fields with their label, hint and message, and what a refused form says.

use super::{FieldError, Icon, Waiting};
use crate::browser::focus_first;
use cutline_wire::AppError;
use leptos::prelude::*;

/// One text of a form: reading and writing, as `create_slice` gives them.
pub type Slice = (Signal<String>, SignalSetter<String>);

/// The answer to a form that was refused.
pub type FormAnswer = RwSignal<Option<AppError>>;

/// The message of an answer beside a field.
pub fn beside(answer: FormAnswer, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || answer.read().as_ref()?.beside(field))
}

/// Typing in a field takes back the message that stood beside it.
pub fn forget(answer: FormAnswer, field: &str) {
    let stands = answer.read_untracked().as_ref().is_some_and(|error| error.beside(field).is_some());
    if stands {
        answer.update(|answer| *answer = answer.take().and_then(|error| error.without(field)));
    }
}

/// How near a text is to its limit, once it is; and whether it is beyond. Limits of a few characters are told beyond them only.
pub fn near_limit(text: &str, most: usize) -> Option<(String, bool)> {
    let has = text.trim().chars().count();
    let is_near = has > most || (most >= 10 && has * 5 >= most * 4);
    is_near.then(|| (format!("{has} of {most} characters"), has > most))
}

/// A text field.
#[component]
pub fn TextField(
    /// Id of the input, unique on the page.
    id: &'static str,
    /// Label.
    label: &'static str,
    /// What is typed.
    value: Slice,
    /// What the server calls it.
    field: &'static str,
    /// The answer to the form.
    answer: FormAnswer,
    /// Type of the input.
    #[prop(default = Signal::stored("text"), into)]
    kind: Signal<&'static str>,
    /// Said below.
    #[prop(optional, into)]
    hint: Signal<Option<String>>,
    /// The most characters that are kept, told near there.
    #[prop(optional)]
    most: Option<usize>,
    /// Whether a dialog puts the focus here.
    #[prop(optional)]
    focus: bool,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Id of a `datalist` with suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
) -> impl IntoView {
    let (text, set) = value;
    let message = beside(answer, field);
    let limit = Memo::new(move |_| near_limit(&text.read(), most?));
    let is_long = move || limit.read().as_ref().is_some_and(|(_, beyond)| *beyond);
    let hint = Signal::derive(move || limit.get().map(|(told, _)| told).or_else(|| hint.get()));
    let described = move || {
        if message.read().is_some() {
            Some(format!("{id}-error"))
        } else {
            hint.read().is_some().then(|| format!("{id}-hint"))
        }
    };
    let said = move || {
        hint.get().map(|hint| {
            view! {
                <span class="field__hint" class=("field__hint--bad", is_long) id=format!("{id}-hint")>
                    {hint}
                </span>
            }
        })
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            <input
                class="input"
                id=id
                type=kind
                autocomplete=autocomplete
                spellcheck="false"
                list=list
                data-focus=focus.then_some("")
                aria-invalid=move || (message.read().is_some() || is_long()).then_some("true")
                aria-describedby=described
                // The attribute is what the server sends, the property what is typed since.
                value=text.get_untracked()
                prop:value=text
                on:input=move |event| {
                    set.set(event_target_value(&event));
                    forget(answer, field);
                }
            />
            {said}
            <FieldError id=format!("{id}-error") message />
        </div>
    }
}

/// A choice among few: value and words of each option.
#[component]
pub fn SelectField(
    /// Id of the select, unique on the page.
    id: &'static str,
    /// Label.
    label: &'static str,
    /// What is chosen.
    value: Slice,
    /// What the server calls it.
    field: &'static str,
    /// The answer to the form.
    answer: FormAnswer,
    /// Values and their words.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let (chosen, set) = value;
    let message = beside(answer, field);
    let option = move |(value, words): (String, String)| {
        let at_first = *chosen.read_untracked() == value;
        let now = {
            let value = value.clone();
            move || *chosen.read() == value
        };
        view! {
            <option value=value selected=at_first prop:selected=now>
                {words}
            </option>
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>
                {label}
            </label>
            <span class="select">
                <select
                    class="input"
                    id=id
                    aria-invalid=move || message.read().is_some().then_some("true")
                    aria-describedby=move || message.read().is_some().then(|| format!("{id}-error"))
                    on:change=move |event| {
                        set.set(event_target_value(&event));
                        forget(answer, field);
                    }
                >
                    {options.into_iter().map(option).collect_view()}
                </select>
                <Icon name="chevron-down" />
            </span>
            <FieldError id=format!("{id}-error") message />
        </div>
    }
}

/// Why a form was refused, unless that stands beside one of its `fields`.
#[component]
pub fn FormError(
    /// The answer to the form.
    answer: FormAnswer,
    /// The fields that show their own message.
    fields: &'static [&'static str],
) -> impl IntoView {
    Effect::new(move |before: Option<bool>| {
        let faulty = matches!(&*answer.read(), Some(AppError::Invalid { .. }));
        // Only when it has just come: typing takes messages away, and must stay where it is.
        if faulty && before != Some(true) {
            request_animation_frame(|| focus_first("form [aria-invalid='true']"));
        }
        faulty
    });
    move || {
        // What stands beside a field isn't said twice.
        let error = fields.iter().try_fold(answer.get()?, |error, field| error.without(field))?;
        Some(view! {
            <div class="banner banner--bad" role="alert">
                <Icon name="warning" />
                <div>
                    <p>{error.to_string()}</p>
                    {both_versions(error)}
                </div>
            </div>
        })
    }
}

/// What somebody else saved meanwhile, and what to do about it.
fn both_versions(error: AppError) -> Option<impl IntoView> {
    let AppError::Conflict { theirs: Some(theirs), .. } = error else { return None };
    let line = |(what, is): (String, String)| {
        view! {
            <dt>{what}</dt>
            <dd>{is}</dd>
        }
    };
    let advice = if theirs.differs.is_empty() {
        "It says what you typed. Save again to go on."
    } else {
        "Theirs is above. What only they changed stands in the form now, and what you changed too. Save again to keep it so, or \
         cancel to keep theirs."
    };
    Some(view! {
        <dl class="theirs">{theirs.differs.into_iter().map(line).collect_view()}</dl>
        <p>{advice}</p>
    })
}

/// Cancel and submit, at the end of a dialog's form.
#[component]
pub fn DialogFoot(
    /// The dialog.
    open: RwSignal<bool>,
    /// What submitting does.
    #[prop(into)]
    act: Signal<String>,
    /// Whether it is being done.
    busy: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <footer class="dialog__foot">
            <Waiting busy />
            <button type="button" class="button" on:click=move |_| open.set(false)>
                "Cancel"
            </button>
            <button class="button button--primary" aria-busy=move || busy.get().then_some("true")>
                {act}
            </button>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::near_limit;

    #[test]
    fn a_limit_is_told_near_it_and_a_small_one_beyond_it() {
        let told = |has, most| near_limit(&"é".repeat(has), most);
        let near = |text: &str, beyond| Some((text.to_owned(), beyond));
        assert_eq!((told(31, 40), told(32, 40)), (None, near("32 of 40 characters", false)));
        assert_eq!(
            (told(40, 40), told(41, 40)),
            (near("40 of 40 characters", false), near("41 of 40 characters", true))
        );
        assert_eq!((told(4, 4), told(5, 4)), (None, near("5 of 4 characters", true)));
    }
}
