//! Who may do what, as product.md has it: every role × permission × contact.
#![allow(clippy::too_many_lines, missing_docs, reason = "tests")]

use cutline_domain::base::access::reach;
use cutline_domain::base::ids::{AccountId, RegionId};
use cutline_domain::{Actor, Permission, Reach, Role};

/// One row per permission; columns: admin, regional manager, rep, analyst. C company, S scope, O own, - nothing.
const MATRIX: [(Permission, &str); 11] = [
    (Permission::View, "CSOC"),
    (Permission::OpenCycle, "C---"),
    (Permission::StartBorders, "C---"),
    (Permission::SaveDraft, "C---"),
    (Permission::Enable, "C---"),
    (Permission::Decide, "-S--"),
    (Permission::Reset, "C---"),
    (Permission::Transfer, "C---"),
    (Permission::ManageDefinitions, "C---"),
    (Permission::ManagePeople, "C---"),
    (Permission::OwnAccount, "OOOO"),
];

#[test]
fn the_matrix_holds_for_every_role_permission_and_contact() {
    let (inside, outside) = (RegionId::new(), RegionId::new());
    assert_eq!(MATRIX.map(|(permission, _)| permission), Permission::ALL, "every permission has its row");
    for (permission, row) in MATRIX {
        for (role, letter) in Role::ALL.iter().copied().zip(row.chars()) {
            let actor = Actor { account: AccountId::new(), role, scope: [inside].into() };
            let expected = match letter {
                'C' => Reach::Company,
                'S' => Reach::Scope,
                'O' => Reach::Own,
                _ => Reach::Nothing,
            };
            assert_eq!(reach(role, permission), expected, "{role:?} {permission:?}");
            assert_eq!(actor.may(permission), letter != '-', "{role:?} {permission:?}");
            for region in [inside, outside] {
                for owner in [None, Some(actor.account), Some(AccountId::new())] {
                    let may = match letter {
                        'C' => true,
                        'S' => region == inside,
                        'O' => owner == Some(actor.account),
                        _ => false,
                    };
                    assert_eq!(actor.may_on(permission, region, owner), may, "{role:?} {permission:?} {owner:?}");
                }
            }
        }
    }
}

#[test]
fn nobody_reaches_anything_without_a_region() {
    let manager = Actor { account: AccountId::new(), role: Role::RegionalManager, scope: [].into() };
    assert!(manager.may(Permission::Decide));
    assert!(!manager.may_on(Permission::Decide, RegionId::new(), Some(manager.account)));
}
