import { type Decl, nameOf, storeName } from './types/type.ts';

/** Everything that the compiler says about a program. Short, lowercase, naming what is wrong and what would be right. */

// Text and syntax.
export function unknownCharacter(c: string): string {
  return `unknown character ${JSON.stringify(c)}`;
}
export function malformedNumber(text: string): string {
  return `malformed number '${text}'`;
}
export function badRadix(radix: number): string {
  return `radix ${radix} must be between 2 and 36`;
}
export function badDigit(digit: string, radix: number): string {
  return `digit '${digit}' is not of radix ${radix}`;
}
export const malformedEscape = '\\u needs four hexadecimal digits';
export function unknownEscape(c: string): string {
  return `unknown escape '\\${c}'`;
}
export const unterminatedString = "string is not closed: expected '\"' before the end of the line";
export const unterminatedRaw = "raw string is not closed: expected '`'";
export const unterminatedCharacter = "character constant is not closed: expected '";
export function expected(what: string, found: string, where: string): string {
  return `expected ${what}${where === '' ? '' : ` ${where}`}, found ${found}`;
}
export const tooDeep = 'nested too deeply';
export const illegalDeclaration = 'tuples cannot be declared with a type: declare each name, or use :=';
export const tupleArgument = 'an argument must be a name, not a tuple';
export const oneLabel = 'only one name is allowed in a label';
export const opensHere = 'the function starts here';
export function cannotInclude(name: string): string {
  return `cannot include ${name}: no such file`;
}
export function cannotOpen(path: string): string {
  return `cannot open ${path}`;
}
export const tooComplex = 'the program is too complex: an expression or statement is nested too deeply';
export function defect(what: string): string {
  return `defect of the compiler: ${what}`;
}
export const includeDepth = 'include files are nested too deeply';

// Declarations.
export function redeclaration(d: Decl): string {
  return `redeclaration of ${storeName[d.store]!} ${nameOf(d)}`;
}
export function declaredHere(d: Decl): string {
  return `${nameOf(d)} was declared here, as a ${storeName[d.store]!}`;
}
export function notDeclared(name: string): string {
  return `${name} is not declared`;
}
export function illegalDeclarationOf(what: string): string {
  return `cannot declare ${what}: expected a name or a tuple of names`;
}
export function constantType(t: string): string {
  return `a constant cannot be of type ${t}`;
}
export function noValue(name: string): string {
  return `the value of ${name} is not known here: it is declared later, or by itself`;
}
export function forwardReference(name: string): string {
  return `${name} is used before its declaration`;
}
export function importFrom(what: string): string {
  return `cannot import from ${what}: expected the name of a module`;
}
export function notAMember(name: string, of: string): string {
  return `${name} is not a member of ${of}`;
}
export function arrayDepth(what: string, depth: number): string {
  return `initial value of ${what} has arrays nested more than ${depth} deep`;
}
export function arraySizeConstant(what: string): string {
  return `size of the array ${what} is not a constant`;
}
export function cannotInitialise(what: string, t: string): string {
  return `${what} of type ${t} cannot be initialised outside functions`;
}
export function notConstant(what: string, value: string): string {
  return `initial value of ${what} is not constant: ${value}`;
}
export function assignedTwice(name: string): string {
  return `${name} is initialised twice`;
}
export function assignedHere(name: string): string {
  return `${name} was initialised here`;
}
export const noImplement = 'no implement declaration: a program starts with implement Module;';
export function noImplementation(name: string): string {
  return `module ${name} is implemented but not declared`;
}
export function cannotImplement(name: string): string {
  return `cannot implement ${name}: it is not a module`;
}
export function moduleData(a: string, b: string): string {
  return `the data of module ${a} is not that of module ${b}, which is implemented too`;
}
export function functionTwice(name: string): string {
  return `function ${name} is defined twice`;
}
export function functionMismatchDeclared(name: string, defined: string, declared: string): string {
  return `function ${name} is defined as ${defined} but declared as ${declared}`;
}
export function raisesMismatch(name: string): string {
  return `function ${name} is declared with other exceptions in raises`;
}
export function varargsDefinition(name: string): string {
  return `function ${name} cannot be defined with *: only system modules have such functions`;
}
export const adtVariables = 'type variables of the adt are not those of its declaration';
export const functionVariables = 'type variables of the function are not those of its declaration';
export function notDefined(name: string): string {
  return `function ${name} is declared but not defined`;
}
export function noReturn(name: string): string {
  return `function ${name} can reach its end without a return`;
}

// Types.
export function notAType(name: string): string {
  return `${name} is not a type`;
}
export function notATypeName(name: string): string {
  return `${name} is a value, not a type`;
}
export function notAModule(name: string): string {
  return `${name} is not a module`;
}
export function notAnAdt(name: string): string {
  return `${name} is not an adt`;
}
export function notATag(name: string, adt: string): string {
  return `${name} is not a pick tag of ${adt}`;
}
export function typeUnknown(name: string): string {
  return `the type of ${name} is not known here`;
}
export function notPolymorphic(name: string): string {
  return `${name} is not a polymorphic adt`;
}
export function notAPointer(name: string): string {
  return `${name} is not a reference type, as type variables must be`;
}
export function actualMismatch(actual: string, variable: string): string {
  return `type ${actual} does not do what ${variable} needs`;
}
export function actualCount(wanted: number, saw: number): string {
  return `expected ${wanted} types, found ${saw}`;
}
export function lacksFunction(t: string, name: string): string {
  return `type ${t} has no function ${name}`;
}
export function functionMismatch(name: string, wanted: string, saw: string): string {
  return `function ${name} is ${saw}, expected ${wanted}`;
}
export function notAVariableType(name: string): string {
  return `${name} is not a type variable`;
}
export function constraintTwice(name: string): string {
  return `functions of type variable ${name} are given twice`;
}
export const onlyFunctions = 'a type variable can only have functions';
export function polymorphicHere(name: string): string {
  return `polymorphic adt ${name} needs its types here: ${name}`;
}
export function polymorphicVariable(name: string): string {
  return `cannot declare ${name}: the types of the polymorphic adt are missing`;
}
export function needsRef(t: string): string {
  return `${t} has pick tags and must be used with ref`;
}
export function functionData(t: string): string {
  return `data cannot be of function type ${t}: use ref fn`;
}
export function pickVariable(name: string, t: string): string {
  return `cannot declare ${name} with type ${t}, which has pick tags: use ref`;
}
export function functionVariable(name: string): string {
  return `cannot declare ${name} to be a function here: use ref fn`;
}
export function cannotRef(t: string): string {
  return `cannot have a ref ${t}: only adts, tuples and functions are referred to`;
}
export function pickCon(name: string): string {
  return `${name} cannot be a con in a pick case`;
}
export const oneTagSet = 'an adt can have only one pick';
export const tagsLast = 'pick must come after the other data of an adt';
export const selfOutside = 'self is for functions of an adt';
export const selfFirst = 'only the first argument can be self';
export function selfType(name: string): string {
  return `type of a self argument must be ${name} or ref ${name}`;
}
export const varargsString = "'*' must follow an argument of type string";
export const varargsPoly = "a polymorphic function cannot have '*'";
export const fixedReal = 'scale and maximum of a fixed point type must be real';
export const fixedConstant = 'scale and maximum of a fixed point type must be constant';
export const fixedPositive = 'scale and maximum of a fixed point type must be positive';
export const fixedSize = 'fixed point type does not fit an int';
export function circular(t: string): string {
  return `definition of ${t} is circular`;
}
export function valueCycle(name: string, t: string): string {
  return `field ${name} puts ${t} inside itself: use ref`;
}
export function spuriousCyclic(name: string): string {
  return `field ${name} is cyclic but closes no cycle`;
}

// Expressions.
export function typeNotValue(name: string): string {
  return `${name} is a type, not a value`;
}
export function interfaceOnly(what: string, module: string): string {
  return `cannot use ${what}: ${module} is a module type, not a loaded module`;
}
export function importFirst(what: string, name: string): string {
  return `cannot use ${what}: ${name} must be imported from a module variable`;
}
export function cannotReference(what: string): string {
  return `cannot make a reference to function ${what}`;
}
export function polymorphicReference(name: string): string {
  return `cannot make a reference to ${name}, a function of a polymorphic adt`;
}
export function cannotDeclare(what: string, value: string): string {
  return `cannot declare ${what} from ${value}`;
}
export function cannotCast(t: string, value: string): string {
  return `cannot convert ${value} to ${t}`;
}
export function chanSize(value: string): string {
  return `size of a channel must be an int, not ${value}`;
}
export function cannotRefOf(value: string): string {
  return `cannot make a ref of ${value}`;
}
export function needsTag(name: string): string {
  return `${name} has pick tags: expected ref ${name}.tag`;
}
export const arrayType = 'the type of the array is not known: all its elements are nil';
export function arraySize(value: string): string {
  return `size of an array must be an int, not ${value}`;
}
export function badRange(a: string, b: string): string {
  return `${a} to ${b} is not a range of ints or strings`;
}
export function cannotSend(value: string): string {
  return `cannot send on ${value}: expected a channel`;
}
export function sendMismatch(t: string, value: string): string {
  return `channel takes ${t}, not ${value}`;
}
export function cannotReceive(value: string): string {
  return `cannot receive on ${value}: expected a channel or an array of channels`;
}
export function needsList(op: string, value: string): string {
  return `${op} needs a list, not ${value}`;
}
export function cannotSpawn(what: string): string {
  return `cannot spawn ${what}: expected a function call`;
}
export function spawnValue(what: string, t: string): string {
  return `cannot spawn ${what}: it returns ${t}`;
}
export const emptyRaise = 'raise without a value is only for exception handlers';
export function raiseOperand(value: string): string {
  return `raise needs a string or an exception, not ${value}`;
}
export function exceptionArguments(name: string): string {
  return `too few values for exception ${name}`;
}
export function notDotted(value: string): string {
  return `${value} has no members for '.'`;
}
export function useArrow(left: string, right: string): string {
  return `did you mean ${left}->${right}?`;
}
export function notArrowed(value: string): string {
  return `'->' needs a module, not ${value}`;
}
export function fieldOfTag(name: string, tag: string, t: string): string {
  return `field ${name} belongs to pick case ${tag} of ${t}`;
}
export const pickFirst = 'use pick to find out which case it is';
export function cannotFollow(value: string): string {
  return `cannot follow ${value}: expected a ref`;
}
export function cannotIndex(value: string): string {
  return `cannot index ${value}: expected an array or string`;
}
export function indexType(value: string): string {
  return `index must be an int, not ${value}`;
}
export function notTypes(what: string): string {
  return `${what} is not a list of types`;
}
export function cannotSlice(value: string): string {
  return `cannot slice ${value}: expected an array or string`;
}
export function sliceBound(value: string): string {
  return `bound of a slice must be an int, not ${value}`;
}
export function needsLength(value: string): string {
  return `len needs an array, string or list, not ${value}`;
}
export function cannotApply(op: string, value: string): string {
  return `cannot apply ${op} to ${value}`;
}
export function powerBase(value: string): string {
  return `left operand of ** must be int, big or real, not ${value}`;
}
export function powerExponent(value: string): string {
  return `right operand of ** must be an int, not ${value}`;
}
export function needsCondition(op: string, value: string): string {
  return `operand of ${op} must be an int, not ${value}`;
}
export function operandMismatch(op: string, a: string, b: string): string {
  return `operands of ${op} differ: ${a} and ${b}`;
}
export function cannotCombine(op: string, a: string, b: string): string {
  return `cannot apply ${op} to ${a} and ${b}`;
}
export function needsCast(a: string, b: string): string {
  return `a cast is needed: ${a} or ${b} in front of one of them`;
}
export function shiftCount(value: string): string {
  return `shift count must be an int, not ${value}`;
}
export function cannotCompare(a: string, b: string): string {
  return `cannot compare ${a} with ${b}`;
}
export function noTag(value: string): string {
  return `${value} has no pick tag`;
}
export function cannotAssign(what: string): string {
  return `cannot assign to ${what}`;
}
export const assignException = 'cannot assign to an exception';
export function assignMismatch(left: string, t: string, value: string): string {
  return `cannot assign ${value} to ${left} of type ${t}`;
}
export function pickValue(t: string): string {
  return `a value cannot be of type ${t}, which has pick tags: use ref`;
}
export function consTail(value: string): string {
  return `right operand of :: must be a list, not ${value}`;
}
export function consMismatch(value: string, t: string): string {
  return `cannot put ${value} in front of ${t}`;
}
export function cannotLoad(t: string): string {
  return `cannot load a ${t}: expected a module type`;
}
export function loadPath(value: string): string {
  return `load needs a string, not ${value}`;
}
export const divideByZero = 'division by zero in a constant';
export const moduloZero = 'modulo by zero in a constant';
export const zeroPower = 'zero to a negative power in a constant';
export function shiftRange(by: number): string {
  return `shift count ${by} is out of range`;
}

// Calls.
export function notAFunction(what: string): string {
  return `${what} is not a function`;
}
export function notCallable(what: string): string {
  return `cannot call ${what}: it is not a function or a type`;
}
export function cannotCall(what: string): string {
  return `cannot call ${what}`;
}
export function argumentCount(what: string, wanted: number, saw: number): string {
  return `too ${saw > wanted ? 'many' : 'few'} arguments for ${what}: expected ${wanted}, found ${saw}`;
}
export function tooFew(what: string, wanted: number, saw: number): string {
  return `too few arguments for ${what}: expected at least ${wanted}, found ${saw}`;
}
export function argumentType(index: number, what: string, t: string, value: string): string {
  return `argument ${index} of ${what} must be ${t}, not ${value}`;
}
export function callMismatch(what: string): string {
  return `arguments do not fit the type variables of ${what}`;
}
export function unknownInstance(t: string): string {
  return `cannot tell what type variable ${t} stands for`;
}
export function selfValue(name: string): string {
  return `${name} is a type and cannot be the self argument`;
}
export function fieldType(field: string, what: string, t: string, value: string): string {
  return `field ${field} of ${what} must be ${t}, not ${value}`;
}
export function valueType(index: number, what: string, t: string, value: string): string {
  return `value ${index} of ${what} must be ${t}, not ${value}`;
}
export function fieldCount(what: string, wanted: number, saw: number): string {
  return `too ${saw > wanted ? 'many' : 'few'} values for ${what}: expected ${wanted}, found ${saw}`;
}
export function cannotMake(what: string, values: string): string {
  return `cannot make a ${what} from (${values})`;
}
export function formatConstant(what: string): string {
  return `format of ${what} must be a constant string`;
}
export function formatIncomplete(format: string): string {
  return `format '${format}' is incomplete`;
}
export function formatInvalid(format: string): string {
  return `format '${format}' is malformed`;
}
export function formatVerb(c: string, format: string): string {
  return `'${c}' is no format verb, in '${format}'`;
}
export function formatFlag(c: string, format: string): string {
  return `flag '${c}' is repeated in format '${format}'`;
}
export function formatMissing(format: string): string {
  return `no argument for format '${format}'`;
}
export function formatMismatch(format: string, wanted: string, value: string): string {
  return `format '${format}' needs ${wanted}, not ${value}`;
}
export const formatExtra = 'more arguments than formats';

// Statements.
export function needsInt(of: string, value: string): string {
  return `condition of ${of} must be an int, not ${value}`;
}
export function returnNothing(t: string): string {
  return `return needs a value of type ${t}`;
}
export function returnSomething(value: string): string {
  return `cannot return ${value}: the function has no result`;
}
export function returnMismatch(t: string, value: string): string {
  return `function returns ${t}, not ${value}`;
}
export function noTarget(what: string): string {
  return what === 'continue' ? 'continue is not in a loop' : 'break is not in a loop, case, alt or pick';
}
export function noLabel(what: string, label: string): string {
  return `no ${what === 'continue' ? 'loop' : 'statement'} labelled ${label} around ${what}`;
}
export function labelTwice(name: string): string {
  return `label ${name} is used twice`;
}
export const otherLabel = 'the other is here';
export function notCalled(what: string): string {
  return `function ${what} is not called`;
}
export function caseType(value: string): string {
  return `case needs an int, big or string, not ${value}`;
}
export function caseMismatch(value: string, t: string): string {
  return `label ${value} does not fit a case of ${t}`;
}
export function labelConstant(what: string): string {
  return `label ${what} is not constant`;
}
export function emptyRange(title: string): string {
  return `range of ${title} is empty`;
}
export function overlap(title: string, what: string): string {
  return `${title} ${what} overlaps with another`;
}
export const wildTwice = "label '*' is used twice";
export function indexBounds(what: string): string {
  return `array index ${what} is out of bounds`;
}
export function elementTypes(a: string, b: string): string {
  return `elements of an array must have one type: ${a} and ${b}`;
}
export function noCommunication(what: string): string {
  return `guard ${what} neither sends nor receives`;
}
export function pickType(value: string): string {
  return `pick needs a ref adt with pick tags, not ${value}`;
}
export function pickLabel(what: string): string {
  return `label ${what} is not a pick tag`;
}
export function pickMix(a: string, b: string): string {
  return `pick tags ${a} and ${b} have different fields and need arms of their own`;
}
export function tagTwice(name: string): string {
  return `pick tag ${name} is used twice`;
}
export const handlerRange = 'an exception label cannot be a range';
export function handlerType(value: string): string {
  return `exception label must be a string or an exception, not ${value}`;
}
export function notAnException(what: string): string {
  return `${what} is not an exception`;
}

// Warnings.
export function unused(what: string): string {
  return `result of ${what} is not used`;
}
export function ignored(what: string): string {
  return `result of ${what} is ignored`;
}
export function assignmentIgnored(what: string): string {
  return `assignment to ${what} is ignored`;
}
export function noBody(of: string, label: string): string {
  return `nothing is done for ${of} label ${label}`;
}
export function labelUnused(name: string): string {
  return `label ${name} is not used`;
}
export function notReferenced(d: Decl): string {
  return `${storeName[d.store]!} ${nameOf(d)} is not used`;
}
export function methodNotReferenced(adt: string, name: string): string {
  return `function ${adt}.${name} is not used`;
}
export const unreachable = 'code is never reached';
export function raisesUndeclared(fn: string, exception: string): string {
  return `function ${fn} raises ${exception}, which is not in its raises`;
}
export function raisesSpurious(fn: string, exception: string): string {
  return `function ${fn} does not raise ${exception}, which is in its raises`;
}
