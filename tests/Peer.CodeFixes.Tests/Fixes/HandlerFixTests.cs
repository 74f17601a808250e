namespace Peers.Tests.Fixes;

/// <summary>What mends handlers and the signatures of their hooks.</summary>
public sealed class HandlerFixTests
{
    [Fact]
    public Task A_handler_is_made_partial() => OneFile.Fixes(
        """
        using Peers;

        // A chat.
        public sealed class Chat
        {
            [OnOpen] void Opened(Peer peer) { }
        }
        """,
        """
        using Peers;

        // A chat.
        public sealed partial class Chat
        {
            [OnOpen] void Opened(Peer peer) { }
        }
        """);

    [Fact]
    public Task A_type_around_a_handler_is_made_partial_and_so_is_the_handler() => OneFile.Fixes(
        """
        using Peers;

        class Outer
        {
            class Chat
            {
                [OnOpen] void Opened(Peer peer) { }
            }

            class Other;
        }
        """,
        """
        using Peers;

        partial class Outer
        {
            partial class Chat
            {
                [OnOpen] void Opened(Peer peer) { }
            }

            class Other;
        }
        """);

    [Fact]
    public Task All_handlers_are_made_partial_at_once() => OneFile.FixesAll(
        """
        using Peers;

        class Outer
        {
            class A { [OnOpen] void Opened() { } }
            class B { [OnOpen] void Opened() { } }
        }
        class C { [OnOpen] void Opened() { } }
        """,
        """
        using Peers;

        partial class Outer
        {
            partial class A { [OnOpen] void Opened() { } }
            partial class B { [OnOpen] void Opened() { } }
        }
        partial class C { [OnOpen] void Opened() { } }
        """);

    [Fact]
    public Task A_parameter_by_reference_is_taken_by_value() => OneFile.Fixes(
        """
        using Peers;

        partial class Chat { [OnMessage] void Text(Peer peer, ref string text) { } }
        """,
        """
        using Peers;

        partial class Chat { [OnMessage] void Text(Peer peer, string text) { } }
        """);

    [Fact]
    public Task A_hook_that_is_lent_is_made_protected() => OneFile.Fixes(
        """
        using Peers;

        public abstract class Greeting
        {
            // For everyone.
            [OnOpen]
            private void Opened() { }
        }
        """,
        """
        using Peers;

        public abstract class Greeting
        {
            // For everyone.
            [OnOpen]
            protected void Opened() { }
        }
        """);

    [Fact]
    public Task An_async_void_hook_returns_a_task() => OneFile.Fixes(
        """
        using Peers;

        partial class Chat { [OnOpen] async void Opened() => await System.Threading.Tasks.Task.Yield(); }
        """,
        """
        using System.Threading.Tasks;
        using Peers;

        partial class Chat { [OnOpen] async Task Opened() => await System.Threading.Tasks.Task.Yield(); }
        """);

    [Fact]
    public Task Authorization_moves_to_the_handler() => OneFile.Fixes(
        """
        using Microsoft.AspNetCore.Authorization;
        using Peers;

        namespace Chats
        {
            // For some.
            public partial class Chat
            {
                [OnOpen, Authorize("admin")]
                void Opened() { }
            }
        }
        """,
        """
        using Microsoft.AspNetCore.Authorization;
        using Peers;

        namespace Chats
        {
            // For some.
            [Authorize("admin")]
            public partial class Chat
            {
                [OnOpen]
                void Opened() { }
            }
        }
        """);

    [Fact]
    public Task All_authorization_moves_to_the_handler_once() => OneFile.FixesAll(
        """
        using Microsoft.AspNetCore.Authorization;
        using Peers;

        public partial class Chat
        {
            [OnOpen, Authorize] void Opened() { }
            [Authorize, OnClose] void Closed() { }
        }
        """,
        """
        using Microsoft.AspNetCore.Authorization;
        using Peers;

        [Authorize]
        public partial class Chat
        {
            [OnOpen] void Opened() { }
            [OnClose] void Closed() { }
        }
        """);

    [Theory]
    [InlineData("file partial class Chat { [OnOpen] void Opened() { } }", "internal partial class Chat { [OnOpen] void Opened() { } }")]
    [InlineData("static partial class Chat { [OnOpen] static void Opened() { } }", "partial class Chat { [OnOpen] static void Opened() { } }")]
    [InlineData("public readonly partial struct Chat { [OnOpen] void Opened() { } }", "public partial class Chat { [OnOpen] void Opened() { } }")]
    public Task A_type_that_can_be_no_handler_is_made_one_that_can(string before, string after) => OneFile.Fixes($"using Peers;\n\n{before}", $"using Peers;\n\n{after}");

    [Fact]
    public Task A_service_is_marked() => OneFile.Fixes(
        """
        using System;
        using Peers;

        partial class Chat
        {
            [OnOpen]
            void Opened(
                Peer peer,
                IServiceProvider services) { }
        }
        """,
        """
        using System;
        using Microsoft.AspNetCore.Mvc;
        using Peers;

        partial class Chat
        {
            [OnOpen]
            void Opened(
                Peer peer,
                [FromServices] IServiceProvider services) { }
        }
        """);

    [Fact]
    public Task All_services_are_marked_at_once() => OneFile.FixesAll(
        """
        using System;
        using Peers;

        partial class Chat { [OnOpen] void Opened(IServiceProvider a, IFormatProvider b) { } }
        """,
        """
        using System;
        using Microsoft.AspNetCore.Mvc;
        using Peers;

        partial class Chat { [OnOpen] void Opened([FromServices] IServiceProvider a, [FromServices] IFormatProvider b) { } }
        """);

    [Fact]
    public Task A_route_value_is_marked() => OneFile.Fixes(
        """
        using Peers;

        [PeerHandler("/{room}")] partial class Chat { [OnMessage] void Text(string text, string room) { } }
        """,
        """
        using Microsoft.AspNetCore.Mvc;
        using Peers;

        [PeerHandler("/{room}")] partial class Chat { [OnMessage] void Text(string text, [FromRoute] string room) { } }
        """);

    [Theory]
    [InlineData("partial class Chat { [OnOpen] int Opened() => 1; }")]
    [InlineData("partial class Chat { [OnMessage] void A(string a) { } [OnMessage] void B(string b) { } }")]
    [InlineData("[PeerHandler(\"/{room}\")] partial class Chat { [Channel(\"{rom}\", Join = true)] public static partial PeerChannel<string> A(string rom); }")]
    [InlineData("[PeerHandler] public abstract partial class Chat;")]
    [InlineData("partial class Chat { [OnMessage] void Text(System.IO.Stream body) { } }")]
    public Task What_has_no_obvious_remedy_is_left_to_its_author(string source) => OneFile.OffersNothing($"using Peers;\n\n{source}");
}
