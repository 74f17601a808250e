namespace Peers.Generators;

/// <summary>Metadata names of what the generator looks for.</summary>
internal static class KnownNames
{
    public const string OnUpgrade = "Peers.OnUpgradeAttribute";
    public const string OnOpen = "Peers.OnOpenAttribute";
    public const string OnMessage = "Peers.OnMessageAttribute";
    public const string OnClose = "Peers.OnCloseAttribute";
    public const string OnError = "Peers.OnErrorAttribute";
    public const string OnDrain = "Peers.OnDrainAttribute";
    public const string OnGap = "Peers.OnGapAttribute";
    public const string OnPing = "Peers.OnPingAttribute";
    public const string OnPong = "Peers.OnPongAttribute";

    public const string PeerHandler = "Peers.PeerHandlerAttribute";
    public const string Channel = "Peers.ChannelAttribute";
    public const string Message = "Peers.MessageAttribute";
    public const string MessageType = "Peers.MessageTypeAttribute`1";
    public const string MessageContext = "Peers.MessageContextAttribute`1";
    public const string RawJson = "Peers.RawJsonAttribute";

    public const string FromRoute = "Microsoft.AspNetCore.Mvc.FromRouteAttribute";
    public const string FromServices = "Microsoft.AspNetCore.Mvc.FromServicesAttribute";
    public const string FromKeyedServices = "Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute";
    public const string SetsRequiredMembers = "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute";
    public const string ActivatorUtilitiesConstructor = "Microsoft.Extensions.DependencyInjection.ActivatorUtilitiesConstructorAttribute";
}
