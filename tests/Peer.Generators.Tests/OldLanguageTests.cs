using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Tests;

/// <summary>A project whose language version does not have what is generated gets one diagnostic, and not one for each line of generated code.</summary>
public sealed class OldLanguageTests
{
    private const string Source = """
        using System;
        using Peers;
        [Message] public sealed partial record Said(string Text);
        [PeerHandler("/a/{id}")] public sealed partial class Chat { [OnMessage] static Said On(Said say, [Microsoft.AspNetCore.Mvc.FromRoute] int id) => say; }
        """;

    [Theory]
    [InlineData(LanguageVersion.CSharp10, "10.0")]
    [InlineData(LanguageVersion.CSharp11, "11.0")]
    [InlineData(LanguageVersion.CSharp12, "12.0")]
    public void It_is_said_once_at_the_first_type(LanguageVersion version, string name)
    {
        var generated = Generated.From(Source, version);
        Assert.Empty(generated.Result.GeneratedTrees);
        Assert.Equal(
            $"Source.cs(3,40): error PEER034: 'Said' is compiled as C# {name}, and what is generated for it needs C# 13. Remove LangVersion from the project, or set it to 13 or later.",
            Assert.Single(generated.Result.Diagnostics).ToString());
        Assert.Empty(generated.Problems);
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.CSharp14)]
    [InlineData(LanguageVersion.Preview)]
    public void Later_ones_compile(LanguageVersion version) => Generated.From(Source, version).AssertNoProblems();
}
