using Microsoft.Extensions.Options;

namespace Peers;

/// <summary>Lets an application that cannot work with its options fail at start, with the option's name and bounds.</summary>
internal sealed class PeerOptionsValidation : IValidateOptions<PeerOptions>
{
    public ValidateOptionsResult Validate(string? name, PeerOptions options)
    {
        try
        {
            options.Validate();
            _ = new OriginRule(options.AllowedOrigins);
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return ValidateOptionsResult.Fail(exception.Message);
        }
    }
}
