export type {
  GatewayDispatchPayload, APIMessage, APIUser, APIGuildMember, APIChannel, APIGuild, APIRole, APIEmbed, APIAttachment, APIEmoji, 
  APIInteraction, APIInteractionDataResolved, APIModalInteractionResponseCallbackData, APIApplicationCommandOptionChoice,
  APIMessageTopLevelComponent, APIActionRowComponent, APIComponentInMessageActionRow, APIThreadChannel,
  RESTPostAPIChannelMessageJSONBody, RESTPatchAPIChannelMessageJSONBody, RESTPostAPIApplicationCommandsJSONBody,
  GatewayActivityUpdateData, GatewayRequestGuildMembersData, PresenceUpdateStatus, APIInteractionResponseCallbackData, Snowflake,
} from "discord-api-types/v10";
