"""What is wrong with procedures: each checked against its craft's packets and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from groundsys.mission.model import Mission
from groundsys.mission.parsing.findings import Findings, Place, note_unknown
from groundsys.mission.spacecraft.packet_model import CommandDefinition, SpacecraftModel
from groundsys.procedures.arguments import check_argument_set, check_value_of_parameter
from groundsys.procedures.checked_conditions import check_conditions
from groundsys.procedures.checked_sequences import check_enablings, check_sequence
from groundsys.procedures.conditions import GROUND_INSTANTS
from groundsys.procedures.control_flow import (
    call_circles,
    endless,
    named_targets,
    ungated,
    unreachable,
)
from groundsys.procedures.definitions import (
    CRAFT_SCID,
    RESERVED,
    ROLES,
    CallStep,
    Commanding,
    CommandStep,
    GateStep,
    LoadEntry,
    LoadStep,
    Procedure,
    RetimeStep,
    SequenceStep,
    Step,
    WaitStep,
    conditions_of,
)
from groundsys.procedures.scope import Scope, references

#: levels of significance at which two people stand for a command
HAZARDOUS = frozenset({"critical", "severe"})
#: the craft's word that a command is done (ECSS-E-ST-70-41C, service 1)
_COMPLETION = (1, 7, ("request_apid", "request_sequence_count"))


def check_procedures(
    procedures: Mapping[str, Procedure], mission: Mission, findings: Findings
) -> None:
    """Note everything that is wrong with `procedures`, which may call each other."""
    calls = {
        name: [one.procedure for one in all_steps(procedure) if isinstance(one, CallStep)]
        for name, procedure in procedures.items()
    }
    circles = call_circles(calls)
    for name, procedure in procedures.items():
        _Check(procedure, procedures, mission, findings).everything()
        for one in all_steps(procedure):
            if isinstance(one, CallStep) and name in circles and one.procedure in circles:
                findings.add(
                    one.source.place("procedure"),
                    f"{name} calls {one.procedure}, and so comes to call itself",
                    "let one of them end without the call",
                )


def all_steps(procedure: Procedure) -> tuple[Step, ...]:
    return (*procedure.steps, *procedure.abort)


def craft_named(procedure: Procedure) -> frozenset[str]:
    """Every craft that a procedure names, `$relay` among them if it does."""
    named = {procedure.craft}
    for step in all_steps(procedure):
        named.add(getattr(step, "craft", ""))
        named |= {condition.craft for condition in conditions_of(step)}
    return frozenset(named - {""})


class _Check:
    """One procedure's checks."""

    def __init__(
        self,
        procedure: Procedure,
        procedures: Mapping[str, Procedure],
        mission: Mission,
        findings: Findings,
    ) -> None:
        self._procedure = procedure
        self._procedures = procedures
        self._mission = mission
        self._findings = findings
        self._scope = Scope(procedure, mission)

    def everything(self) -> None:
        self._check_head()
        self._check_parameters()
        self._check_paths()
        for one in all_steps(self._procedure):
            self._check_step(one)

    def _note(self, of: Procedure | Step, key: str, message: str, remedy: str) -> None:
        self._findings.add(of.source.place(key), message, remedy)

    def _check_head(self) -> None:
        one = self._procedure
        if bool(one.craft) == bool(one.model):
            self._note(one, "craft", "a procedure is for a craft or for a model", "state one")
        elif one.craft:
            place = one.source.place("craft")
            note_unknown(self._findings, place, "craft", one.craft, self._mission.spacecraft)
        else:
            flown = [craft.model for craft in self._mission.spacecraft.values()]
            models = {name for model in flown for name in (model.id, *model.extends)}
            note_unknown(self._findings, one.source.place("model"), "model", one.model, models)
        for role in one.roles:
            note_unknown(self._findings, one.source.place("roles"), "role", role, ROLES)
        asked = {
            role for step in all_steps(one) if isinstance(step, GateStep) for role in step.roles
        }
        for role in one.roles:
            if role not in asked:
                self._note(one, "roles", f"no gate asks the {role}", "remove the role")
        if one.critical and not one.abort:
            self._note(one, "critical", "a critical procedure without an abort path", "add abort")

    def _check_parameters(self) -> None:
        one = self._procedure
        counts = Counter(parameter.name for parameter in one.parameters)
        used = {name for step in all_steps(one) for name in references(step)}
        for parameter in one.parameters:
            place = parameter.source.place("name")
            if parameter.name == CRAFT_SCID:
                text = f"{CRAFT_SCID!r} is the craft's own, which nobody states"
                self._findings.add(place, text, "rename it, or remove it and use $craft_scid")
            if counts[parameter.name] > 1:
                self._findings.add(place, f"parameter {parameter.name!r} stands twice", "keep one")
            if parameter.name not in used:
                text = f"no step uses parameter {parameter.name!r}"
                self._findings.add(place, text, "remove it")
            if parameter.default is not None:
                wrong = check_value_of_parameter(parameter, parameter.default)
                if wrong:
                    self._findings.add(parameter.source.place("default"), *wrong)

    def _check_paths(self) -> None:
        one = self._procedure
        counts = Counter(step.id for step in all_steps(one))
        if not one.steps:
            self._note(one, "steps", "a procedure without steps", "add one")
        for path, called in ((one.steps, "steps"), (one.abort, "abort")):
            names = {step.id for step in path}
            for step in path:
                if counts[step.id] > 1:
                    self._note(step, "id", f"step {step.id!r} stands twice", "rename one")
                if step.id in RESERVED:
                    self._note(step, "id", f"{step.id!r} is a word of the language", "rename it")
                for key, name in named_targets(step).items():
                    place = step.source.place(key)
                    note_unknown(self._findings, place, f"step in {called}", name, names)
            for step in unreachable(path):
                self._note(
                    step, "id", f"no way leads to {step.id!r}", "lead one there, or remove it"
                )
            for step in endless(path):
                text = f"{step.id!r} comes round again without waiting for anything"
                self._note(step, "id", text, "put a wait or a hold in the circle")
            for step in ungated(path, self._is_hazardous):
                text = f"{step.id!r} commands something hazardous, and nobody is asked before"
                self._note(step, "id", text, "put a gate with a role on every way to it")
            check_enablings(path, self._findings)
        if one.critical:
            for step in ungated(one.steps, lambda step: isinstance(step, Commanding)):
                if not self._is_hazardous(step):
                    text = f"a critical procedure commands at {step.id!r} before anybody is asked"
                    self._note(step, "id", text, "begin with a gate")

    def _is_hazardous(self, step: Step) -> bool:
        names = []
        if isinstance(step, CommandStep):
            names = [step.command]
        elif isinstance(step, LoadStep):
            names = [entry.command for entry in step.entries]
        return any(
            command.significance in HAZARDOUS
            for model in self._scope.models("" if not names else getattr(step, "craft", ""))
            for command in model.commands
            if command.name in names
        )

    # --- one step ------------------------------------------------------------------------------

    def _check_step(self, step: Step) -> None:
        match step:
            case CommandStep():
                self._check_craft(step, step.craft)
                for model in self._scope.models(step.craft):
                    self._check_command(step, model)
            case LoadStep():
                self._check_craft(step, step.craft)
                for model in self._scope.models(step.craft):
                    self._check_load(step, model)
            case SequenceStep():
                self._check_craft(step, step.craft)
                for model in self._scope.models(step.craft):
                    self._check_sequence(step, model)
            case WaitStep():
                if not step.until:
                    self._note(step, "until", "a wait for nothing", "say until what")
                commanding = {
                    one.id for one in all_steps(self._procedure) if isinstance(one, Commanding)
                }
                if step.after:
                    place = step.source.place("after")
                    note_unknown(self._findings, place, "commanding step", step.after, commanding)
                if len({one.craft for one in step.until}) > 1:
                    text = "one wait speaks of several craft, each with contacts of its own"
                    self._note(step, "until", text, "wait for one after the other")
            case GateStep():
                self._check_gate(step)
            case CallStep():
                self._check_call(step)
            case RetimeStep():
                self._check_craft(step, step.craft)
                wrong = self._scope.instant_problem(f"${step.parameter}")
                if wrong:
                    self._note(step, "parameter", *wrong)
                place = step.source.place("to")
                note_unknown(self._findings, place, "instant", step.to, GROUND_INSTANTS)
        for condition in conditions_of(step):
            problem = self._scope.craft_problem(condition.craft)
            if problem:
                self._findings.add(condition.source.place("craft"), *problem)
        check_conditions(conditions_of(step), self._scope, self._findings)

    def _check_craft(self, step: Step, craft: str) -> None:
        problem = self._scope.craft_problem(craft)
        if problem:
            self._note(step, "craft", *problem)

    def _check_command(self, step: CommandStep, model: SpacecraftModel) -> None:
        known = {command.name: command for command in model.commands}
        if step.command not in known:
            place = step.source.place("command")
            note_unknown(self._findings, place, f"command of {model.id}", step.command, known)
            return
        self._check_reports(step.source.place("command"), model, step.command)
        check_argument_set(
            known[step.command], step.arguments, step.source, self._scope, self._findings
        )

    def _check_reports(self, place: Place, model: SpacecraftModel, command: str) -> None:
        service, subtype, fields = _COMPLETION
        for packet in model.packets:
            names = tuple(one.name for one in packet.fields)
            if (packet.service, packet.subtype) == (service, subtype) and names == fields:
                return
        self._findings.add(
            place,
            f"nothing verifies that {command} is completed",
            f"give model {model.id} a packet of service {service}, subtype {subtype}",
        )

    def _check_sequence(self, step: SequenceStep, model: SpacecraftModel) -> None:
        known = {command.name for command in model.commands}
        for entry in step.entries:
            if entry.command in known:
                self._check_reports(entry.source.place("command"), model, entry.command)
        check_sequence(step, model, self._scope, self._findings)

    def _check_load(self, step: LoadStep, model: SpacecraftModel) -> None:
        known = {command.name: command for command in model.commands}
        for entry in step.entries:
            place = entry.source.place("command")
            if entry.command not in known:
                note_unknown(self._findings, place, f"command of {model.id}", entry.command, known)
                continue
            definition = known[entry.command]
            self._check_reports(place, model, entry.command)
            timed = frozenset({step.time_argument}) if entry.at else frozenset()
            check_argument_set(
                *(definition, entry.arguments, entry.source, self._scope, self._findings),
                given_elsewhere=timed,
            )
            if entry.at:
                self._check_time_tag(step, entry, definition)
        if not step.entries:
            self._note(step, "entries", "a load of nothing", "say what is sent")

    def _check_time_tag(
        self, step: LoadStep, entry: LoadEntry, definition: CommandDefinition
    ) -> None:
        wrong = self._scope.instant_problem(entry.at)
        if wrong:
            self._findings.add(entry.source.place("at"), *wrong)
        timed = next((a for a in definition.arguments if a.name == step.time_argument), None)
        if timed is None or timed.kind != "uint" or timed.unit != "s":
            text = f"{entry.command} has no argument {step.time_argument!r} of whole seconds"
            remedy = "name the argument that takes the time, or state no `at`"
            self._note(step, "time_argument", text, remedy)

    def _check_gate(self, step: GateStep) -> None:
        if not step.roles:
            self._note(step, "roles", "a gate that asks nobody", "name a role, or make it a wait")
        for role in step.roles:
            place = step.source.place("roles")
            note_unknown(self._findings, place, "role", role, self._procedure.roles)
        if len(set(step.roles)) < len(step.roles):
            self._note(step, "roles", "a role stands twice", "name each once")

    def _check_call(self, step: CallStep) -> None:
        place = step.source.place("procedure")
        note_unknown(self._findings, place, "procedure", step.procedure, self._procedures)
        called = self._procedures.get(step.procedure)
        self._check_craft(step, step.craft)
        if called is None:
            return
        if called.craft and step.craft and step.craft != called.craft:
            self._note(step, "craft", f"{called.id} is for {called.craft}", "remove craft")
        models = self._scope.models(step.craft)
        if called.model and not all(model.is_a(called.model) for model in models):
            text = f"{called.id} is for craft of model {called.model}"
            self._note(step, "craft", text, "name such a craft")
        known = {one.name: one for one in called.parameters}
        for name, value in step.parameters.items():
            place = step.source.place(f"parameters.{name}")
            note_unknown(self._findings, place, f"parameter of {called.id}", name, known)
            if name in known:
                wrong = self._scope.value_problem(known[name], value)
                if wrong:
                    self._findings.add(place, *wrong)
        for name, one in known.items():
            if one.default is None and name not in step.parameters:
                text = f"{called.id} is not told its parameter {name!r}"
                self._note(step, "procedure", text, f"add parameters: {{{name}: …}}")
