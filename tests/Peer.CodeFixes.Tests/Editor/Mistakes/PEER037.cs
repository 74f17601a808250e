namespace Mistakes.DynamicEnumConverter;

using System;
using System.Text.Json.Serialization;
using Peers;

[/*PEER037*/JsonConverter(typeof(JsonStringEnumConverter))/**/]
public enum Color
{
    Red,
    Green,
}

[Message]
public sealed partial record Painted(Color Color, Color? Other, [property: /*PEER037*/JsonConverter(typeof(JsonStringEnumConverter))/**/] DayOfWeek? Day);

[Message]
public sealed partial record Repainted(Color Color);
