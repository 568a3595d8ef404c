// Written by scripts/generate-openapi-types.ts from Roblox's OpenAPI description; do not edit.

/** Every operation of apis.roblox.com that takes a user's OAuth token, by method and path template. */
export interface Operations {
  GET: {
    '/ads-management/v1/advertisable-universes': {
      answer: Schemas['internal_public_v1.ListAdvertisableUniversesResponse'];
    };
    '/ads-management/v1/billing-accounts': {
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['internal_public_v1.ListBillingAccountsResponse'];
    };
    '/ads-management/v1/billing-accounts/{id}': {
      path: {
        id: string | number;
      };
      answer: Schemas['internal_public_v1.BillingAccount'];
    };
    '/ads-management/v1/campaign-options': {
      query?: {
        universeId?: string;

        objective?: 'ENGAGEMENT' | (string & {});
      };
      answer: Schemas['internal_public_v1.CampaignOptionsResponse'];
    };
    '/ads-management/v1/campaigns': {
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['internal_public_v1.ListCampaignsResponse'];
    };
    '/ads-management/v1/campaigns/{id}': {
      path: {
        id: string | number;
      };
      answer: Schemas['internal_public_v1.Campaign'];
    };
    '/ads-management/v1/creatives': {
      query?: {
        isArchived?: boolean;
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['internal_public_v1.ListCreativesResponse'];
    };
    '/asset-delivery-api/v1/assetId/{assetId}': {
      path: {
        assetId: string | number;
      };
      query?: {
        skipSigningScripts?: boolean;
        clientInsert?: string | number;
        scriptinsert?: string | number;
        modulePlaceId?: string | number;
        serverplaceid?: string | number;
        expectedAssetType?: string;
        doNotFallbackToBaselineRepresentation?: boolean;
        contentRepresentationPriorityList?: string;
        accessContext?: string;
        usageContext?: string | number;
      };
      headers?: {
        'Roblox-Place-Id'?: string;
        AssetType?: string;
        AssetFormat?: string;
        'Roblox-AssetFormat'?: string;
      };
      answer: unknown;
    };
    '/asset-delivery-api/v1/assetId/{assetId}/version/{versionNumber}': {
      path: {
        assetId: string | number;
        versionNumber: string | number;
      };
      query?: {
        skipSigningScripts?: boolean;
        clientInsert?: string | number;
        scriptinsert?: string | number;
        modulePlaceId?: string | number;
        serverplaceid?: string | number;
        expectedAssetType?: string;
        doNotFallbackToBaselineRepresentation?: boolean;
        contentRepresentationPriorityList?: string;
        accessContext?: string;
        usageContext?: string | number;
      };
      headers?: {
        'Roblox-Place-Id'?: string;
        AssetType?: string;
        AssetFormat?: string;
        'Roblox-AssetFormat'?: string;
      };
      answer: unknown;
    };
    '/assets/v1/assets/{assetId}': {
      path: {
        assetId: string | number;
      };
      query?: {
        readMask?: string;
      };
      answer: Schemas['Asset'];
    };
    '/assets/v1/assets/{assetId}/versions': {
      path: {
        assetId: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['AssetVersion'][];
    };
    '/assets/v1/assets/{assetId}/versions/{versionNumber}': {
      path: {
        assetId: string | number;
        versionNumber: string | number;
      };
      answer: Schemas['AssetVersion'];
    };
    '/assets/v1/operations/{operationId}': {
      path: {
        operationId: string | number;
      };
      answer: Schemas['OCV1.Assets.Operation'];
    };
    '/cloud/v2/creator-store-products/{creator_store_product_id}': {
      path: {
        creator_store_product_id: string | number;
      };
      answer: Schemas['CreatorStoreProduct'];
    };
    '/cloud/v2/groups/{group_id}': {
      path: {
        group_id: string | number;
      };
      answer: Schemas['Group'];
    };
    '/cloud/v2/groups/{group_id}/forum-categories': {
      path: {
        group_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListGroupForumCategoriesResponse'];
    };
    '/cloud/v2/groups/{group_id}/forum-categories/{forum_category_id}/posts': {
      path: {
        group_id: string | number;
        forum_category_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;

        view?: 'VIEW_UNSPECIFIED' | 'FULL' | 'FULL_WITH_FIRST_COMMENT' | (string & {});
      };
      answer: Schemas['ListGroupForumPostsResponse'];
    };
    '/cloud/v2/groups/{group_id}/forum-categories/{forum_category_id}/posts/{post_id}/comments': {
      path: {
        group_id: string | number;
        forum_category_id: string | number;
        post_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListGroupForumCommentsResponse'];
    };
    '/cloud/v2/groups/{group_id}/join-requests': {
      path: {
        group_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListGroupJoinRequestsResponse'];
    };
    '/cloud/v2/groups/{group_id}/memberships': {
      path: {
        group_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListGroupMembershipsResponse'];
    };
    '/cloud/v2/groups/{group_id}/roles': {
      path: {
        group_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['ListGroupRolesResponse'];
    };
    '/cloud/v2/groups/{group_id}/roles/{role_id}': {
      path: {
        group_id: string | number;
        role_id: string | number;
      };
      answer: Schemas['GroupRole'];
    };
    '/cloud/v2/universes/{universeId}/secrets': {
      path: {
        universeId: string | number;
      };
      query?: {
        limit?: string | number;
        cursor?: string;
      };
      answer: Schemas['SecretPaginatedList'];
    };
    '/cloud/v2/universes/{universeId}/secrets/public-key': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['Secret'];
    };
    '/cloud/v2/universes/{universe_id}': {
      path: {
        universe_id: string | number;
      };
      answer: Schemas['Universe'];
    };
    '/cloud/v2/universes/{universe_id}/places/{place_id}': {
      path: {
        universe_id: string | number;
        place_id: string | number;
      };
      answer: Schemas['Place'];
    };
    '/cloud/v2/universes/{universe_id}/places/{place_id}/user-restrictions': {
      path: {
        universe_id: string | number;
        place_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['ListUserRestrictionsResponse'];
    };
    '/cloud/v2/universes/{universe_id}/places/{place_id}/user-restrictions/{user_restriction_id}': {
      path: {
        universe_id: string | number;
        place_id: string | number;
        user_restriction_id: string | number;
      };
      answer: Schemas['UserRestriction'];
    };
    '/cloud/v2/universes/{universe_id}/subscription-products/{subscription_product_id}/subscriptions/{subscription_id}': {
      path: {
        universe_id: string | number;
        subscription_product_id: string | number;
        subscription_id: string | number;
      };
      query?: {
        view?: 'VIEW_UNSPECIFIED' | 'BASIC' | 'FULL' | (string & {});
      };
      answer: Schemas['Subscription'];
    };
    '/cloud/v2/universes/{universe_id}/user-restrictions': {
      path: {
        universe_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['ListUserRestrictionsResponse'];
    };
    '/cloud/v2/universes/{universe_id}/user-restrictions/{user_restriction_id}': {
      path: {
        universe_id: string | number;
        user_restriction_id: string | number;
      };
      answer: Schemas['UserRestriction'];
    };
    '/cloud/v2/universes/{universe_id}/user-restrictions:listLogs': {
      path: {
        universe_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListUserRestrictionLogsResponse'];
    };
    '/cloud/v2/users/{user_id}': {
      path: {
        user_id: string | number;
      };
      answer: Schemas['User'];
    };
    '/cloud/v2/users/{user_id}/asset-quotas': {
      path: {
        user_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListAssetQuotasResponse'];
    };
    '/cloud/v2/users/{user_id}/inventory-items': {
      path: {
        user_id: string | number;
      };
      query?: {
        maxPageSize?: string | number;
        pageToken?: string;
        filter?: string;
      };
      answer: Schemas['ListInventoryItemsResponse'];
    };
    '/cloud/v2/users/{user_id}/operations/{operation_id}': {
      path: {
        user_id: string | number;
        operation_id: string | number;
      };
      answer: Schemas['OCV2.Operations.Operation'];
    };
    '/cloud/v2/users/{user_id}:generateThumbnail': {
      path: {
        user_id: string | number;
      };
      query?: {
        size?: string | number;

        format?: 'FORMAT_UNSPECIFIED' | 'PNG' | 'JPEG' | (string & {});

        shape?: 'SHAPE_UNSPECIFIED' | 'ROUND' | 'SQUARE' | (string & {});
      };
      answer: Schemas['Operation'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      answer: Schemas['ConfigRepositoryValues'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      answer: Schemas['ConfigRepositoryDraft'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/full': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      answer: Schemas['ConfigRepositoryFull'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/revisions': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      query?: {
        startTime?: string;
        endTime?: string;
        MaxPageSize?: string;
        Skip?: string;
        SearchKey?: string;
        SortOrder?: string;
        SortKey?: string;
      };
      answer: Schemas['ListRevisionsResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments': {
      path: {
        universeId: string | number;
      };
      query?: {
        maxPageSize?: string;
        skip?: string;
        searchKey?: string;
        stateFilters?: Schemas['ExperimentState'][];
        sortOrder?: string;
        sortKey?: string;
        productTypeFilter?: string;
      };
      answer: Schemas['ListExperimentsResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      answer: Schemas['GetExperimentResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}/stats': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      answer: Schemas['GetExperimentStatsResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/operations/{operationId}': {
      path: {
        universeId: string | number;
        operationId: string | number;
      };
      answer: Schemas['GetExperimentOperationStatusResponse'];
    };
    '/developer-products/v2/universes/{universeId}/developer-products/creator': {
      path: {
        universeId: string | number;
      };
      query?: {
        pageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['ListDeveloperProductConfigsV2Response'];
    };
    '/developer-products/v2/universes/{universeId}/developer-products/{productId}/creator': {
      path: {
        universeId: string | number;
        productId: string | number;
      };
      answer: Schemas['DeveloperProductConfigV2'];
    };
    '/game-passes/v1/universes/{universeId}/game-passes/creator': {
      path: {
        universeId: string | number;
      };
      query?: {
        pageSize?: string | number;
        pageToken?: string;
      };
      answer: Schemas['ListGamePassConfigsByUniverseResponse'];
    };
    '/game-passes/v1/universes/{universeId}/game-passes/{gamePassId}/creator': {
      path: {
        universeId: string | number;
        gamePassId: string | number;
      };
      answer: Schemas['GamePassConfigV2'];
    };
    '/legacy-develop/v1/places/{placeId}/teamcreate/active_session/members': {
      path: {
        placeId: string | number;
      };
      query?: {
        limit?: string | number;
        cursor?: string;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Web.Responses.Users.SkinnyUserResponse_'];
    };
    '/legacy-develop/v1/universes/multiget/permissions': {
      query: {
        ids: (string | number)[];
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.UniverseIdPermissionsModel_'];
    };
    '/legacy-develop/v1/universes/multiget/teamcreate': {
      query: {
        ids: (string | number)[];
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.UniverseTeamCreateSettingsModel_'];
    };
    '/legacy-develop/v1/universes/{universeId}/permissions': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['Roblox.Api.Develop.Models.UniversePermissionsModel'];
    };
    '/legacy-develop/v1/universes/{universeId}/teamcreate': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['Roblox.Api.Develop.Models.Response.TeamCreateSettingsResponse'];
    };
    '/legacy-develop/v1/user/groups/canmanage': {
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.GroupModel_'];
    };
    '/legacy-followings/v1/users/{userId}/universes': {
      path: {
        userId: string | number;
      };
      answer: Schemas['Roblox.Followings.Api.Models.UserFollowingUniverseResponse'][];
    };
    '/legacy-followings/v1/users/{userId}/universes/{universeId}/status': {
      path: {
        userId: string | number;
        universeId: string | number;
      };
      answer: Schemas['Roblox.Followings.Api.Models.UserFollowingUniverseStatusResponse'];
    };
    '/legacy-followings/v2/users/{userId}/universes': {
      path: {
        userId: string | number;
      };
      answer: Schemas['Roblox.Followings.Api.Models.FollowsByTypeResponse'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/icons': {
      path: {
        badgeId: string | number;
      };
      query?: {
        width?: string | number;
        height?: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetBadgeIconResponse_'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/name-description': {
      path: {
        badgeId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.NameDescription_'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/icons': {
      path: {
        developerProductId: string | number;
      };
      query?: {
        width?: string | number;
        height?: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetDeveloperProductIconResponse_'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/name-description': {
      path: {
        developerProductId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.NameDescription_'];
    };
    '/legacy-game-internationalization/v1/game-icon/games/{gameId}': {
      path: {
        gameId: string | number;
      };
      query?: {
        width?: string | number;
        height?: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetGameIconResponse_'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/icons': {
      path: {
        gamePassId: string | number;
      };
      query?: {
        width?: string | number;
        height?: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetGamePassIconResponse_'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/name-description': {
      path: {
        gamePassId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.NameDescription_'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}/automatic-translation-status': {
      path: {
        gameId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.LanguageOrLocaleSettings_'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}/universe-display-info-automatic-translation-settings': {
      path: {
        gameId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.UniverseDisplayInfoAutomaticTranslationSettings_'];
    };
    '/legacy-groups/v1/groups/{groupId}/audit-log': {
      path: {
        groupId: string | number;
      };
      query?: {
        actionType?:
          | 'DeletePost'
          | 'RemoveMember'
          | 'AcceptJoinRequest'
          | 'DeclineJoinRequest'
          | 'PostStatus'
          | 'ChangeRank'
          | 'BuyAd'
          | 'SendAllyRequest'
          | 'CreateEnemy'
          | 'AcceptAllyRequest'
          | 'DeclineAllyRequest'
          | 'DeleteAlly'
          | 'DeleteEnemy'
          | 'AddGroupPlace'
          | 'RemoveGroupPlace'
          | 'CreateItems'
          | 'ConfigureItems'
          | 'SpendGroupFunds'
          | 'ChangeOwner'
          | 'Delete'
          | 'AdjustCurrencyAmounts'
          | 'Abandon'
          | 'Claim'
          | 'Rename'
          | 'ChangeDescription'
          | 'InviteToClan'
          | 'KickFromClan'
          | 'CancelClanInvite'
          | 'BuyClan'
          | 'CreateGroupAsset'
          | 'UpdateGroupAsset'
          | 'ConfigureGroupAsset'
          | 'RevertGroupAsset'
          | 'CreateGroupDeveloperProduct'
          | 'ConfigureGroupGame'
          | 'CreateGroupDeveloperSubscriptionProduct'
          | 'Lock'
          | 'Unlock'
          | 'CreateGamePass'
          | 'CreateBadge'
          | 'ConfigureBadge'
          | 'SavePlace'
          | 'PublishPlace'
          | 'UpdateRolesetRank'
          | 'UpdateRolesetData'
          | 'BanMember'
          | 'UnbanMember'
          | 'CreateForumCategory'
          | 'UpdateForumCategory'
          | 'ArchiveForumCategory'
          | 'DeleteForumCategory'
          | 'DeleteForumPost'
          | 'DeleteForumComment'
          | 'PinForumPost'
          | 'UnpinForumPost'
          | 'LockForumPost'
          | 'UnlockForumPost'
          | 'CreateRoleset'
          | 'DeleteRoleset'
          | 'CreateCommerceProduct'
          | 'SetCommerceProductActive'
          | 'ArchiveCommerceProduct'
          | 'AcceptCommerceProductBundlingFee'
          | 'SetCommerceProductInactive'
          | 'ConnectMerchant'
          | 'DisconnectMerchant'
          | 'JoinGroup'
          | 'LeaveGroup'
          | 'UpdateGroupIcon'
          | 'UpdateGroupCoverPhoto'
          | 'AssignRole'
          | 'UnassignRole'
          | 'PublishAnnouncement'
          | 'DeleteAnnouncement'
          | 'UpdateRoleSetPermissions'
          | 'UpdateGroupSecuritySettings'
          | 'GrantEnterpriseTier'
          | 'RevokeEnterpriseTier'
          | (string & {});
        userId?: string | number;
        limit?: string | number;
        cursor?: string;

        sortOrder?: 'Asc' | 'Desc' | (string & {});
      };
      answer: Schemas['Roblox.Groups.Api.GroupAuditLogPageResponse_Roblox.Groups.Api.Models.Response.GroupAuditLogResponseItem_'];
    };
    '/legacy-groups/v1/groups/{groupId}/settings': {
      path: {
        groupId: string | number;
      };
      answer: Schemas['Roblox.Groups.Api.GroupSettingsResponse'];
    };
    '/legacy-groups/v1/user/groups/pending': {
      answer: Schemas['Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Groups.Api.GroupDetailResponse_'];
    };
    '/legacy-localization-tables/v1/autolocalization/metadata': {
      answer: Schemas['Roblox.LocalizationTables.Api.AutoLocalizationMetadataResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/limits': {
      answer: Schemas['Roblox.LocalizationTables.Api.GetLimitsResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{assetId}': {
      path: {
        assetId: string | number;
      };
      answer: Schemas['Roblox.LocalizationTables.Api.GetTableResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{tableId}': {
      path: {
        tableId: string | number;
      };
      answer: Schemas['Roblox.LocalizationTables.Api.GetTableResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{tableId}/entries': {
      path: {
        tableId: string | number;
      };
      query?: {
        cursor?: string;
        gameId?: string | number;

        entryFormat?: 'Invalid' | 'Legacy' | 'Icu' | (string & {});
      };
      answer: Schemas['Roblox.LocalizationTables.Api.GetTableEntriesPagedResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{tableId}/entry-count': {
      path: {
        tableId: string | number;
      };
      query?: {
        gameId?: string | number;

        entryFormat?: 'Invalid' | 'Legacy' | 'Icu' | (string & {});
      };
      answer: Schemas['Roblox.LocalizationTables.Api.GetTableEntryCountResponse'];
    };
    '/server-management/v1/universes/{universeId}/places/{placeId}/game-servers:filter-options': {
      path: {
        universeId: string | number;
        placeId: string | number;
      };
      query?: {
        Filter?: Schemas['FilterField'];
      };
      answer: Schemas['FilterOptionsResponse'];
    };
    '/server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers': {
      path: {
        universeId: string | number;
        placeId: string | number;
        versionNumber: string | number;
      };
      query?: {
        MaxPageSize?: string | number;
        PageToken?: string;
        OrderBy?: string;
        Filter?: string;
      };
      answer: Schemas['ServerManagementService.ListGameServersResponse'];
    };
    '/server-management/v1/universes/{universeId}/places/{placeId}/versions/{versionNumber}/game-servers/{jobId}/logs': {
      path: {
        universeId: string | number;
        placeId: string | number;
        versionNumber: string | number;
        jobId: string | number;
      };
      query?: {
        MaxPageSize?: string | number;
        PageToken?: string;
        OrderBy?: string;
        Filter?: string;
      };
      answer: Schemas['ListGameServerLogsResponse'];
    };
    '/server-management/v1/universes/{universeId}/restarts': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['ListRestartStatusesResponse'];
    };
    '/server-management/v1/universes/{universeId}/restarts:forecast': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['ForecastRestartResponse'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/personalization': {
      path: {
        universeId: string | number;
      };
      query?: {
        status?: Schemas['PersonalizedConfigStatus'];
        limit?: string | number;
        cursor?: string;
      };
      answer: Schemas['ActionResult'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/thumbnails': {
      path: {
        universeId: string | number;
      };
      query?: {
        limit?: string | number;
        nextCursor?: string;
      };
      answer: Schemas['FindThumbnailsResponse'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/thumbnails/uploads/status': {
      path: {
        universeId: string | number;
      };
      query?: {
        operationIds?: string[];
      };
      answer: Schemas['UploadThumbnailsStatusResponse'];
    };
    '/toolbox-service/v1/saves': {
      query?: {
        targetType?: Schemas['SearchCategoryType'] | null;
        targetId?: string | number;
        collectionName?: string;
        sortBy?: Schemas['SavesSortCategory'];
        sortDirection?: Schemas['SortDirection'];
        limit?: string | number;
        page?: string | number;
        keyword?: string;
        hideOwnedAssets?: boolean;
      };
      answer: Schemas['GetSavesResponse'];
    };
    '/toolbox-service/v2/assets/{id}': {
      path: {
        id: string | number;
      };
      answer: Schemas['CreatorStoreAsset'];
    };
    '/toolbox-service/v2/assets:search': {
      query?: {
        searchCategoryType?: Schemas['SearchCategoryType'] | null;
        query?: string;
        modelSubTypes?: Schemas['ModelSubType'][] | null;
        excludedModelSubTypes?: Schemas['ModelSubType'][] | null;
        creator?: string;
        userId?: string | number;
        groupId?: string | number;
        pageToken?: string;
        pageNumber?: string | number;
        maxPageSize?: string | number;
        sortDirection?: Schemas['SortDirection'];
        sortCategory?: Schemas['SortCategory'];
        audioMinDurationSeconds?: string | number;
        audioMaxDurationSeconds?: string | number;
        audioArtist?: string;
        audioAlbum?: string;
        audioTypes?: Schemas['SearchAudioTypeModel'][] | null;
        includedInstanceTypes?: Schemas['ModelInstanceType'][] | null;
        includeOnlyVerifiedCreators?: boolean;
        minPriceCents?: string | number;
        maxPriceCents?: string | number;
        facets?: string[] | null;
        tags?: string[] | null;
        categoryPath?: string;
        searchView?: Schemas['SearchView'];
        musicChartType?: Schemas['MusicChartType'];
        swimlane?: string;
      };
      answer: Schemas['SearchCreatorStoreAssetsResponse'];
    };
    '/virtual-events/v3/game-events/{eventId}': {
      path: {
        eventId: string | number;
      };
      query?: {
        fields?: string;
      };
      answer: Schemas['GameEventResponse'];
    };
    '/virtual-events/v3/universes/{universeId}/game-events': {
      path: {
        universeId: string | number;
      };
      query?: {
        pageSize?: string | number;
        pageToken?: string;
        reverse?: boolean;

        startsBefore?: string;

        startsAfter?: string;

        endsBefore?: string;

        endsAfter?: string;
        visibility?: Schemas['EventVisibility'];
        fields?: string;
      };
      answer: Schemas['PaginatedGameEventsResponse'];
    };
  };
  POST: {
    '/ads-management/v1/campaigns': {
      headers: {
        'x-idempotency-key': string;
      };
      body: Schemas['internal_public_v1.CreateCampaignRequest'];
      answer: Schemas['internal_public_v1.Campaign'];
    };
    '/ads-management/v1/campaigns:batchGetStatus': {
      body: Schemas['internal_public_v1.BatchGetStatusRequest'];
      answer: Schemas['internal_public_v1.BatchGetStatusResponse'];
    };
    '/assets/v1/assets': {
      body?: FormData;
      answer: Schemas['OCV1.Assets.Operation'];
    };
    '/assets/v1/assets/{assetId}/versions:rollback': {
      path: {
        assetId: string | number;
      };

      body?: FormData;
      answer: Schemas['AssetVersion'];
    };
    '/assets/v1/assets/{assetId}:archive': {
      path: {
        assetId: string | number;
      };
      answer: Schemas['Asset'];
    };
    '/assets/v1/assets/{assetId}:restore': {
      path: {
        assetId: string | number;
      };
      answer: Schemas['Asset'];
    };
    '/cloud/v2/creator-store-products': {
      body: Schemas['CreatorStoreProduct'];
      answer: Schemas['CreatorStoreProduct'];
    };
    '/cloud/v2/groups/{group_id}/join-requests/{join_request_id}:accept': {
      path: {
        group_id: string | number;
        join_request_id: string | number;
      };
      body: Schemas['AcceptGroupJoinRequestRequest'];

      answer: undefined;
    };
    '/cloud/v2/groups/{group_id}/join-requests/{join_request_id}:decline': {
      path: {
        group_id: string | number;
        join_request_id: string | number;
      };
      body: Schemas['DeclineGroupJoinRequestRequest'];

      answer: undefined;
    };
    '/cloud/v2/groups/{group_id}/memberships/{membership_id}:assignRole': {
      path: {
        group_id: string | number;
        membership_id: string | number;
      };
      body: Schemas['AssignRoleGroupMembershipRequest'];
      answer: Schemas['GroupMembership'];
    };
    '/cloud/v2/groups/{group_id}/memberships/{membership_id}:unassignRole': {
      path: {
        group_id: string | number;
        membership_id: string | number;
      };
      body: Schemas['UnassignRoleGroupMembershipRequest'];
      answer: Schemas['GroupMembership'];
    };
    '/cloud/v2/universes/{universeId}/secrets': {
      path: {
        universeId: string | number;
      };
      body?: Schemas['Secret'];
      answer: Schemas['Secret'];
    };
    '/cloud/v2/universes/{universe_id}:generateSpeechAsset': {
      path: {
        universe_id: string | number;
      };
      body: Schemas['GenerateSpeechAssetRequest'];
      answer: Schemas['Operation'];
    };
    '/cloud/v2/universes/{universe_id}:publishMessage': {
      path: {
        universe_id: string | number;
      };
      body: Schemas['PublishUniverseMessageRequest'];

      answer: undefined;
    };
    '/cloud/v2/universes/{universe_id}:restartServers': {
      path: {
        universe_id: string | number;
      };
      body: Schemas['RestartUniverseServersRequest'];
      answer: Schemas['RestartUniverseServersResponse'];
    };
    '/cloud/v2/users/{user_id}/notifications': {
      path: {
        user_id: string | number;
      };
      body: Schemas['UserNotification'];
      answer: Schemas['UserNotification'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/publish': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      body?: Schemas['PublishDraftRequest'];
      answer: Schemas['PublishDraftResponse'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/revisions/{revisionId}/restore': {
      path: {
        universeId: string | number;
        repository: string | number;
        revisionId: string | number;
      };
      answer: Schemas['DraftHashResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments': {
      path: {
        universeId: string | number;
      };
      body: Schemas['CreateExperimentData'];
      answer: Schemas['CreateExperimentResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}:complete': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      body: Schemas['CompleteExperimentRequest'];
      answer: Schemas['CompleteExperimentResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}:schedule': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      body: Schemas['ScheduleExperimentRequest'];
      answer: Schemas['ScheduleExperimentResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}:start': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      answer: Schemas['StartExperimentResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments:calculateMde': {
      path: {
        universeId: string | number;
      };
      body: Schemas['CalculateExperimentMdeData'];
      answer: Schemas['CalculateExperimentMdeResponse'];
    };
    '/developer-products/v2/universes/{universeId}/developer-products': {
      path: {
        universeId: string | number;
      };

      body?: FormData;
      answer: Schemas['DeveloperProductConfigV2'];
    };
    '/game-passes/v1/universes/{universeId}/game-passes': {
      path: {
        universeId: string | number;
      };

      body?: FormData;
      answer: Schemas['GamePassConfigV2'];
    };
    '/legacy-badges/v1/universes/{universeId}/badges': {
      path: {
        universeId: string | number;
      };

      body?: FormData;
      answer: Schemas['Roblox.Web.Responses.Badges.BadgeResponseV2'];
    };
    '/legacy-develop/v1/universes/{universeId}/activate': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-develop/v1/universes/{universeId}/deactivate': {
      path: {
        universeId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-followings/v1/users/{userId}/universes/{universeId}': {
      path: {
        userId: string | number;
        universeId: string | number;
      };
      answer: Schemas['Roblox.Followings.Api.Models.UserFollowingUniverseResponse'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/icons/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/icons/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-icon/games/{gameId}/language-codes/{languageCode}': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/icons/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-thumbnails/games/{gameId}/language-codes/{languageCode}/alt-text': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateThumbnailAltTextRequest'];
      answer: string;
    };
    '/legacy-game-internationalization/v1/game-thumbnails/games/{gameId}/language-codes/{languageCode}/image': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.GameInternationalization.Api.Models.Response.UploadImageForGameThumbnailResponse'];
    };
    '/legacy-game-internationalization/v1/game-thumbnails/games/{gameId}/language-codes/{languageCode}/images/order': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.SortImageIdsRequest'];
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/name-description/games/translation-history': {
      body: Schemas['Roblox.GameInternationalization.Api.GetNameDescriptionHistoryV2Request'];
      answer: Schemas['Roblox.GameInternationalization.Api.GetNameDescriptionHistoryResponse'];
    };
    '/legacy-groups/v1/groups/policies': {
      body: Schemas['Roblox.Groups.Api.GroupPolicyRequest'];
      answer: Schemas['Roblox.Groups.Api.GroupPoliciesResponse'];
    };
    '/legacy-localization-tables/v1/autolocalization/games/{gameId}/autolocalizationtable': {
      path: {
        gameId: string | number;
      };
      answer: Schemas['Roblox.LocalizationTables.Api.GameAutolocalizationInformationResponse'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{tableId}/entries/translation-history': {
      path: {
        tableId: string | number;
      };
      query?: {
        gameId?: string | number;
      };
      body: Schemas['Roblox.LocalizationTables.Api.GetTableEntriesTranslationHistoryRequest'];
      answer: Schemas['Roblox.LocalizationTables.Api.GetTableEntriesTranslationHistoryResponse'];
    };
    '/legacy-publish/v1/badges/{badgeId}/icon': {
      path: {
        badgeId: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Publish.Api.UploadResponse'];
    };
    '/messaging-service/v1/universes/{universeId}/topics/{topic}': {
      path: {
        universeId: string | number;
        topic: string | number;
      };
      body?: Schemas['PublishRequest'];

      answer: undefined;
    };
    '/server-management/v1/universes/{universeId}/restarts': {
      path: {
        universeId: string | number;
      };
      body?: Schemas['LaunchRestartRequest'];
      answer: Schemas['LaunchRestartResponse'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/personalization/create': {
      path: {
        universeId: string | number;
      };
      body?: Schemas['CreateThumbnailPersonalizationRequest'];
      answer: Schemas['ActionResult'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/personalization/update': {
      path: {
        universeId: string | number;
      };
      body?: Schemas['UpdateThumbnailPersonalizationRequest'];
      answer: Schemas['ActionResult'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/thumbnails/uploads': {
      path: {
        universeId: string | number;
      };

      body?: FormData;
      answer: Schemas['UploadThumbnailsResponse'];
    };
    '/toolbox-service/v1/saves': {
      body?: Schemas['CreateSaveRequest'];

      answer: undefined;
    };
    '/toolbox-service/v1/saves:bulkDelete': {
      body?: Schemas['BulkDeleteSavesRequest'];
      answer: Schemas['BulkDeleteSavesResponse'];
    };
    '/toolbox-service/v2/assets:search': {
      body?: Schemas['SearchCreatorStoreAssetsRequest'];
      answer: Schemas['SearchCreatorStoreAssetsResponse'];
    };
    '/virtual-events/v3/universes/{universeId}/game-events': {
      path: {
        universeId: string | number;
      };
      body?: Schemas['CreateGameEventRequest'];
      answer: Schemas['GameEventResponse'];
    };
  };
  PATCH: {
    '/ads-management/v1/campaigns/{id}': {
      path: {
        id: string | number;
      };
      body: Schemas['internal_public_v1.UpdateCampaignRequest'];
      answer: Schemas['internal_public_v1.Campaign'];
    };
    '/assets/v1/assets/{assetId}': {
      path: {
        assetId: string | number;
      };
      query?: {
        updateMask?: string;
      };

      body?: FormData;
      answer: Schemas['OCV1.Assets.Operation'];
    };
    '/cloud/v2/creator-store-products/{creator_store_product_id}': {
      path: {
        creator_store_product_id: string | number;
      };
      query?: {
        updateMask?: string;
        allowMissing?: boolean;
      };
      body: Schemas['CreatorStoreProduct'];
      answer: Schemas['CreatorStoreProduct'];
    };
    '/cloud/v2/groups/{group_id}/memberships/{membership_id}': {
      path: {
        group_id: string | number;
        membership_id: string | number;
      };
      body: Schemas['GroupMembership'];
      answer: Schemas['GroupMembership'];
    };
    '/cloud/v2/universes/{universeId}/secrets/{secretId}': {
      path: {
        universeId: string | number;
        secretId: string | number;
      };
      body?: Schemas['Secret'];
      answer: Schemas['Secret'];
    };
    '/cloud/v2/universes/{universe_id}': {
      path: {
        universe_id: string | number;
      };
      query?: {
        updateMask?: string;
      };
      body: Schemas['Universe'];
      answer: Schemas['Universe'];
    };
    '/cloud/v2/universes/{universe_id}/places/{place_id}': {
      path: {
        universe_id: string | number;
        place_id: string | number;
      };
      query?: {
        updateMask?: string;
      };
      body: Schemas['Place'];
      answer: Schemas['Place'];
    };
    '/cloud/v2/universes/{universe_id}/places/{place_id}/user-restrictions/{user_restriction_id}': {
      path: {
        universe_id: string | number;
        place_id: string | number;
        user_restriction_id: string | number;
      };
      query?: {
        updateMask?: string;
        'idempotencyKey.key'?: string;

        'idempotencyKey.firstSent'?: string;
      };
      body: Schemas['UserRestriction'];
      answer: Schemas['UserRestriction'];
    };
    '/cloud/v2/universes/{universe_id}/user-restrictions/{user_restriction_id}': {
      path: {
        universe_id: string | number;
        user_restriction_id: string | number;
      };
      query?: {
        updateMask?: string;
        'idempotencyKey.key'?: string;

        'idempotencyKey.firstSent'?: string;
      };
      body: Schemas['UserRestriction'];
      answer: Schemas['UserRestriction'];
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      body?: Schemas['UpdateDraftRequest'];
      answer: Schemas['DraftHashResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      body: Schemas['UpdateExperimentData'];
      answer: Schemas['UpdateExperimentResponse'];
    };
    '/developer-products/v2/universes/{universeId}/developer-products/{productId}': {
      path: {
        universeId: string | number;
        productId: string | number;
      };

      body?: FormData;

      answer: undefined;
    };
    '/game-passes/v1/universes/{universeId}/game-passes/{gamePassId}': {
      path: {
        universeId: string | number;
        gamePassId: string | number;
      };

      body?: FormData;

      answer: undefined;
    };
    '/legacy-badges/v1/badges/{badgeId}': {
      path: {
        badgeId: string | number;
      };
      body: Schemas['Roblox.Badges.Api.UpdateBadgeRequest'];
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-develop/v1/universes/{universeId}/teamcreate': {
      path: {
        universeId: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/description/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/name-description/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeNameDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeNameDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/name/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeNameRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateBadgeNameResponse'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/description/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/name-description/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductNameDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductNameDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/name/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductNameRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateDeveloperProductNameResponse'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/description/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/name-description/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassNameDescriptionRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassNameDescriptionResponse'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/name/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassNameRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateGamePassNameResponse'];
    };
    '/legacy-game-internationalization/v1/name-description/games/{gameId}': {
      path: {
        gameId: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.UpdateNameDescriptionsRequest'];
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateNameDescriptionsResponse'];
    };
    '/legacy-game-internationalization/v1/source-language/games/{gameId}': {
      path: {
        gameId: string | number;
      };
      query: {
        languageCode: string;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}': {
      path: {
        gameId: string | number;
      };
      body: Schemas['Roblox.GameInternationalization.Api.PatchLanguage'][];
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}/languages/{languageCode}/automatic-translation-status': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body: boolean;
      answer: Schemas['Roblox.GameInternationalization.Api.EditAutomaticTranslationStatusForGameAndLanguageResponse'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}/languages/{languageCode}/image-translation-status': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body: boolean;
      answer: Schemas['Roblox.GameInternationalization.Api.EditImageTranslationStatusForGameAndLanguageResponse'];
    };
    '/legacy-game-internationalization/v1/supported-languages/games/{gameId}/languages/{languageCode}/universe-display-info-automatic-translation-settings': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      body: boolean;
      answer: Schemas['Roblox.GameInternationalization.Api.UpdateUniverseDisplayInfoAutomaticTranslationSettingsResponse'];
    };
    '/legacy-groups/v1/groups/{groupId}/description': {
      path: {
        groupId: string | number;
      };
      body: Schemas['Roblox.Groups.Api.UpdateGroupDescriptionRequest'];
      answer: Schemas['Roblox.Groups.Api.GroupDescriptionResponse'];
    };
    '/legacy-groups/v1/groups/{groupId}/notification-preference': {
      path: {
        groupId: string | number;
      };
      body: Schemas['Roblox.Groups.Api.UpdateGroupNotificationPreferenceRequest'];

      answer: 0 | 1 | 2 | 3;
    };
    '/legacy-groups/v1/groups/{groupId}/settings': {
      path: {
        groupId: string | number;
      };
      body: Schemas['Roblox.Groups.Api.UpdateGroupSettingsRequest'];
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-groups/v1/groups/{groupId}/status': {
      path: {
        groupId: string | number;
      };
      body: Schemas['Roblox.Groups.Api.PostGroupStatusRequest'];
      answer: Schemas['Roblox.Groups.Api.ShoutResponse'];
    };
    '/legacy-localization-tables/v1/autolocalization/games/{gameId}/settings': {
      path: {
        gameId: string | number;
      };
      body: Schemas['Roblox.LocalizationTables.Api.SetAutolocalizationSettingsForGameRequest'];
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-localization-tables/v1/localization-table/tables/{tableId}': {
      path: {
        tableId: string | number;
      };
      query?: {
        gameId?: string | number;
      };
      body: Schemas['Roblox.LocalizationTables.Api.UpdateTableContentsRequest'];
      answer: Schemas['Roblox.LocalizationTables.Api.UpdateTableContentsResponse'];
    };
    '/virtual-events/v3/game-events/{eventId}': {
      path: {
        eventId: string | number;
      };
      body?: Schemas['UpdateGameEventRequest'];
      answer: Schemas['GameEventResponse'];
    };
  };
  DELETE: {
    '/cloud/v2/universes/{universeId}/secrets/{secretId}': {
      path: {
        universeId: string | number;
        secretId: string | number;
      };

      answer: undefined;
    };
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      body?: Schemas['DeleteDraftRequest'];
      answer: Schemas['DraftHashResponse'];
    };
    '/creator-configs-public-api/v1/experimentation/universes/{universeId}/experiments/{experimentId}': {
      path: {
        universeId: string | number;
        experimentId: string | number;
      };
      answer: Schemas['DiscardExperimentResponse'];
    };
    '/legacy-develop/v1/universes/{universeId}/teamcreate/memberships': {
      path: {
        universeId: string | number;
      };
      body?: unknown;
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-develop/v2/teamtest/{placeId}': {
      path: {
        placeId: string | number;
      };
      query: {
        gameId: string;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-followings/v1/users/{userId}/universes/{universeId}': {
      path: {
        userId: string | number;
        universeId: string | number;
      };
      answer: Schemas['Roblox.Followings.Api.Models.UserFollowingUniverseResponse'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/icons/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/badges/{badgeId}/name-description/language-codes/{languageCode}': {
      path: {
        badgeId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/icons/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/developer-products/{developerProductId}/name-description/language-codes/{languageCode}': {
      path: {
        developerProductId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-icon/games/{gameId}/language-codes/{languageCode}': {
      path: {
        gameId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/icons/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-passes/{gamePassId}/name-description/language-codes/{languageCode}': {
      path: {
        gamePassId: string | number;
        languageCode: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/legacy-game-internationalization/v1/game-thumbnails/games/{gameId}/language-codes/{languageCode}/images/{imageId}': {
      path: {
        gameId: string | number;
        languageCode: string | number;
        imageId: string | number;
      };
      answer: Schemas['Roblox.Web.WebAPI.ApiEmptyResponseModel'];
    };
    '/thumbnail-personalization-api/v1/universes/{universeId}/thumbnails': {
      path: {
        universeId: string | number;
      };
      query?: {
        homepageThumbnailIds?: string[];
      };
      answer: Schemas['ActionResult'];
    };
    '/toolbox-service/v1/saves': {
      query?: {
        targetType?: Schemas['SearchCategoryType'];
        targetId?: string | number;
        collectionName?: string;
      };

      answer: undefined;
    };
    '/virtual-events/v3/game-events/{eventId}': {
      path: {
        eventId: string | number;
      };

      answer: undefined;
    };
  };
  PUT: {
    '/creator-configs-public-api/v1/configs/universes/{universeId}/repositories/{repository}/draft:overwrite': {
      path: {
        universeId: string | number;
        repository: string | number;
      };
      body?: Schemas['UpdateDraftRequest'];
      answer: Schemas['DraftHashResponse'];
    };
  };
}

/** What operations take and answer. */
export interface Schemas {
  'internal_public_v1.ListAdvertisableUniversesResponse': {
    advertisableUniverses?: Schemas['internal_public_v1.AdvertisableUniverse'][];
  };
  'internal_public_v1.AdvertisableUniverse': {
    universeId?: string;
  };
  'internal_public_v1.ListBillingAccountsResponse': {
    billingAccounts?: Schemas['internal_public_v1.BillingAccount'][];
    nextPageToken?: string;
  };
  'internal_public_v1.BillingAccount': {
    createTime?: string;
    displayName?: string;
    id?: string;
    organizationId?: string;

    status?: 'ACTIVE' | 'DISABLED' | 'ARCHIVED' | (string & {});
    timeZone?: string;

    type?: 'SELF_SERVICE' | 'MANAGED' | 'INTERNAL' | (string & {});
    updateTime?: string;
  };
  'internal_public_v1.CampaignOptionsResponse': {
    adFormats?: Schemas['internal_public_v1.AdFormat'][];
    eligibility?: Schemas['UniverseEligibility'];
    objectives?: 'ENGAGEMENT'[];
    paymentTypes?: ('CREDIT_CARD' | 'ADS_CREDIT' | 'INVOICE')[];
    targetingDimensions?: Schemas['internal_public_v1.TargetingDimensions'];
  };
  'internal_public_v1.AdFormat': {
    format?: string;
    height?: number;
    width?: number;
  };
  UniverseEligibility: {
    eligible?: boolean;
  };
  'internal_public_v1.TargetingDimensions': {
    ageGroups?: ('AGE_13_17' | 'AGE_18_24' | 'AGE_25_PLUS')[];
    countries?: string[];
    devices?: ('PHONE' | 'TABLET' | 'DESKTOP' | 'CONSOLE')[];
  };
  'internal_public_v1.ListCampaignsResponse': {
    campaigns?: Schemas['internal_public_v1.Campaign'][];
    nextPageToken?: string;
  };
  'internal_public_v1.Campaign': {
    bid?: Schemas['internal_public_v1.Bid'];
    billingAccountId?: string;
    budget?: Schemas['internal_public_v1.Budget'];
    createTime?: string;
    creativeAssetIds?: string[];

    deliveryStatus?: 'SERVING' | 'IN_REVIEW' | 'NOT_SERVING' | 'REJECTED' | (string & {});
    deliveryStatusReasons?: (
      | 'SCHEDULED'
      | 'AUTO_PAUSED'
      | 'PAUSED'
      | 'INACTIVE'
      | 'COMPLETED'
      | 'EXPIRED'
      | 'CANCELLED'
      | 'MODERATED'
      | 'CLICK_BAIT'
      | 'GAME_FILTERED'
      | 'PRIVATE'
      | 'PLACE_JOIN_RESTRICTED'
      | 'LEARNING'
    )[];
    id?: string;
    name?: string;

    objective?: 'ENGAGEMENT' | (string & {});

    paymentType?: 'CREDIT_CARD' | 'ADS_CREDIT' | 'INVOICE' | (string & {});
    schedule?: Schemas['internal_public_v1.Schedule'];

    status?: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | (string & {});
    targetUniverseId?: string;
    targeting?: Schemas['internal_public_v1.Targeting'];
    updateTime?: string;
  };
  'internal_public_v1.Bid': {
    strategy?: 'AUTOMATED' | (string & {});
  };
  'internal_public_v1.Budget': {
    amountMicros?: string;
    scheduledAmountMicros?: string;
    scheduledEffectiveTime?: string;

    type?: 'DAILY' | 'LIFETIME' | (string & {});
  };
  'internal_public_v1.Schedule': {
    durationInDays?: number;
    endTime?: string;
    startTime?: string;
  };
  'internal_public_v1.Targeting': {
    ageGroups?: ('AGE_13_17' | 'AGE_18_24' | 'AGE_25_PLUS')[];
    countries?: string[];
    devices?: ('PHONE' | 'TABLET' | 'DESKTOP' | 'CONSOLE')[];
  };
  'internal_public_v1.CreateCampaignRequest': {
    bid?: Schemas['internal_public_v1.Bid'];
    budget: Schemas['internal_public_v1.Budget'];
    creativeAssetIds: string[];
    name: string;

    objective: 'ENGAGEMENT' | (string & {});

    paymentType: 'CREDIT_CARD' | 'ADS_CREDIT' | 'INVOICE' | (string & {});
    schedule: Schemas['internal_public_v1.Schedule'];
    targetUniverseId: string;
    targeting?: Schemas['internal_public_v1.Targeting'];
  };
  'internal_public_v1.UpdateCampaignRequest': {
    bid?: Schemas['internal_public_v1.Bid'];
    budget?: Schemas['internal_public_v1.UpdateBudget'];
    creativeAssetIds?: string[];
    name?: string;
    schedule?: Schemas['internal_public_v1.Schedule'];

    status?: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | (string & {});
    targeting?: Schemas['internal_public_v1.Targeting'];
  };
  'internal_public_v1.UpdateBudget': {
    amountMicros?: string;
  };
  'internal_public_v1.BatchGetStatusRequest': {
    campaignIds: string[];
  };
  'internal_public_v1.BatchGetStatusResponse': {
    failures?: Schemas['internal_public_v1.CampaignIDFailure'][];
    statuses?: Schemas['internal_public_v1.CampaignStatus'][];
  };
  'internal_public_v1.CampaignIDFailure': {
    id?: string;

    reason?: 'NOT_FOUND' | (string & {});
  };
  'internal_public_v1.CampaignStatus': {
    deliveryStatus?: 'SERVING' | 'IN_REVIEW' | 'NOT_SERVING' | 'REJECTED' | (string & {});
    deliveryStatusReasons?: (
      | 'SCHEDULED'
      | 'AUTO_PAUSED'
      | 'PAUSED'
      | 'INACTIVE'
      | 'COMPLETED'
      | 'EXPIRED'
      | 'CANCELLED'
      | 'MODERATED'
      | 'CLICK_BAIT'
      | 'GAME_FILTERED'
      | 'PRIVATE'
      | 'PLACE_JOIN_RESTRICTED'
      | 'LEARNING'
    )[];
    id?: string;

    status?: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | (string & {});
  };
  'internal_public_v1.ListCreativesResponse': {
    creatives?: Schemas['internal_public_v1.Creative'][];
    nextPageToken?: string;
  };
  'internal_public_v1.Creative': {
    assetId?: string;
    assetName?: string;

    assetType?: 'IMAGE' | (string & {});
    createTime?: string;
    height?: number;
    id?: string;
    isArchived?: boolean;

    moderationStatus?: 'PENDING_REVIEW' | 'APPROVED' | 'REJECTED' | (string & {});

    source?: 'UPLOAD' | 'IN_HOUSE_GEN_AI' | (string & {});
    universeId?: string;
    updateTime?: string;
    width?: number;
  };
  'OCV1.Assets.Operation': {
    path?: string;
    done?: boolean;
    error?: Schemas['OCV1.Assets.Status'];
    response?: Schemas['Asset'];
  };
  'OCV1.Assets.Status': {
    code?: number;
    message?: string;
  };
  Asset: {
    assetType?: string;

    readonly assetId?: number;
    creationContext?: Schemas['CreationContext'];
    description?: string;
    displayName?: string;
    path?: string;
    readonly revisionId?: string;

    readonly revisionCreateTime?: string;
    moderationResult?: Schemas['ModerationResult'];
    icon?: string;
    previews?: Schemas['Preview'][];
    state?: Schemas['State'];
    socialLink?: Schemas['SocialLink'];
  };
  CreationContext: {
    assetPrivacy?: Schemas['AssetPrivacy'];
    creator?: Schemas['Creator'];

    expectedPrice?: number;
  };
  AssetPrivacy: 'default' | 'restricted' | 'openUse' | (string & {});
  Creator: {
    userId?: number;

    groupId?: number;
  };
  ModerationResult: {
    moderationState?: string;
  };
  Preview: {
    asset?: string;
    altText?: string;
  };
  State: 'Unspecified' | 'Active' | 'Archived' | (string & {});
  SocialLink: {
    title?: string;
    uri?: string;
  };
  AssetVersion: {
    creationContext?: Schemas['CreationContext'];
    path?: string;
    moderationResult?: Schemas['ModerationResult'];
    published?: boolean;
  };
  CreatorStoreProduct: {
    path?: string;
    basePrice?: Schemas['Money'];
    purchasePrice?: Schemas['Money'];
    published?: boolean;
    readonly restrictions?: (
      | 'RESTRICTION_UNSPECIFIED'
      | 'SOLD_ITEM_RESTRICTED'
      | 'SELLER_TEMPORARILY_RESTRICTED'
      | 'SELLER_PERMANENTLY_RESTRICTED'
      | 'SELLER_NO_LONGER_ACTIVE'
    )[];
    readonly purchasable?: boolean;
    readonly userSeller?: string;
    readonly groupSeller?: string;
    modelAssetId?: string;
    pluginAssetId?: string;
    audioAssetId?: string;
    decalAssetId?: string;
    meshPartAssetId?: string;
    videoAssetId?: string;
    fontFamilyAssetId?: string;
  };
  Money: {
    currencyCode?: string;
    quantity?: Schemas['Decimal'];
  };
  Decimal: {
    significand?: number;

    exponent?: number;
  };
  Group: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    readonly id?: string;
    displayName?: string;
    description?: string;
    readonly owner?: string;

    readonly memberCount?: number;
    publicEntryAllowed?: boolean;
    readonly locked?: boolean;
    readonly verified?: boolean;
  };
  ListGroupForumCategoriesResponse: {
    groupForumCategories?: Schemas['GroupForumCategory'][];
    nextPageToken?: string;
  };
  GroupForumCategory: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    readonly groupForumCategoryId?: string;
    displayName?: string;
    readonly creator?: string;

    readonly archiveTime?: string;
    readonly archiver?: string;
  };
  ListGroupForumPostsResponse: {
    groupForumPosts?: Schemas['GroupForumPost'][];
    nextPageToken?: string;
  };
  GroupForumPost: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    pinned?: boolean;
    locked?: boolean;
    readonly groupForumPostId?: string;
    title?: string;
    firstComment?: Schemas['GroupForumComment'];
    readonly author?: string;

    readonly archiveTime?: string;
    readonly archiver?: string;

    commentCount?: number;
  };
  GroupForumComment: {
    path?: string;
    readonly groupForumCommentId?: string;
    message?: Schemas['ContentMessage'];
  };
  ContentMessage: {
    readonly createTime?: string;

    readonly updateTime?: string;
    plainText?: string;
    readonly author?: string;
    readonly messageReaction?: Schemas['MessageReaction'][];
  };
  MessageReaction: {
    readonly emoteId?: string;

    readonly count?: number;
  };
  ListGroupForumCommentsResponse: {
    groupForumComments?: Schemas['GroupForumComment'][];
    nextPageToken?: string;
  };
  ListGroupJoinRequestsResponse: {
    groupJoinRequests?: Schemas['GroupJoinRequest'][];
    nextPageToken?: string;
  };
  GroupJoinRequest: {
    path?: string;

    readonly createTime?: string;
    readonly user?: string;
  };
  AcceptGroupJoinRequestRequest: Record<string, unknown>;
  DeclineGroupJoinRequestRequest: Record<string, unknown>;
  ListGroupMembershipsResponse: {
    groupMemberships?: Schemas['GroupMembership'][];
    nextPageToken?: string;
  };
  GroupMembership: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    user?: string;
    role?: string;
    readonly roles?: string[];
  };
  AssignRoleGroupMembershipRequest: {
    role: string;
  };
  UnassignRoleGroupMembershipRequest: {
    role: string;
  };
  ListGroupRolesResponse: {
    groupRoles?: Schemas['GroupRole'][];
    nextPageToken?: string;
  };
  GroupRole: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    readonly id?: string;
    displayName?: string;
    description?: string;

    rank?: number;

    readonly memberCount?: number;
    permissions?: Schemas['GroupRole_RolePermissions'];
  };
  GroupRole_RolePermissions: {
    viewWallPosts?: boolean;
    createWallPosts?: boolean;
    deleteWallPosts?: boolean;
    viewGroupShout?: boolean;
    createGroupShout?: boolean;
    changeRank?: boolean;
    acceptRequests?: boolean;
    exileMembers?: boolean;
    manageRelationships?: boolean;
    viewAuditLog?: boolean;
    spendGroupFunds?: boolean;
    advertiseGroup?: boolean;
    createAvatarItems?: boolean;
    manageAvatarItems?: boolean;
    manageGroupUniverses?: boolean;
    viewUniverseAnalytics?: boolean;
    createApiKeys?: boolean;
    manageApiKeys?: boolean;
    banMembers?: boolean;
    viewForums?: boolean;
    manageCategories?: boolean;
    createPosts?: boolean;
    lockPosts?: boolean;
    pinPosts?: boolean;
    removePosts?: boolean;
    createComments?: boolean;
    removeComments?: boolean;
    manageBlockedWords?: boolean;
    viewBlockedWords?: boolean;
    bypassSlowMode?: boolean;
  };
  SecretPaginatedList: {
    secrets?: Schemas['Secret'][] | null;
    nextPageCursor?: string | null;
    previousPageCursor?: string | null;
  };
  Secret: {
    id?: string | null;

    secret?: string | null;
    key_id?: string | null;
    domain?: string | null;
    create_time?: string | null;
    update_time?: string | null;
  };
  Universe: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    readonly displayName?: string;
    readonly description?: string;
    readonly user?: string;
    group?: string;

    readonly visibility?: 'VISIBILITY_UNSPECIFIED' | 'PUBLIC' | 'PRIVATE' | (string & {});
    facebookSocialLink?: Schemas['Universe_SocialLink'];
    twitterSocialLink?: Schemas['Universe_SocialLink'];
    youtubeSocialLink?: Schemas['Universe_SocialLink'];
    twitchSocialLink?: Schemas['Universe_SocialLink'];
    discordSocialLink?: Schemas['Universe_SocialLink'];
    robloxGroupSocialLink?: Schemas['Universe_SocialLink'];
    guildedSocialLink?: Schemas['Universe_SocialLink'];
    voiceChatEnabled?: boolean;

    readonly ageRating?:
      | 'AGE_RATING_UNSPECIFIED'
      | 'AGE_RATING_ALL'
      | 'AGE_RATING_9_PLUS'
      | 'AGE_RATING_13_PLUS'
      | 'AGE_RATING_17_PLUS'
      | (string & {});

    privateServerPriceRobux?: number;
    desktopEnabled?: boolean;
    mobileEnabled?: boolean;
    tabletEnabled?: boolean;
    consoleEnabled?: boolean;
    vrEnabled?: boolean;
    readonly rootPlace?: string;
    templateRootPlace: string;
  };
  Universe_SocialLink: {
    title?: string;
    uri?: string;
  };
  Place: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    displayName?: string;
    description?: string;

    serverSize?: number;
    readonly root?: boolean;
    readonly universeRuntimeCreation?: boolean;
    templatePlace: string;
  };
  ListUserRestrictionsResponse: {
    userRestrictions?: Schemas['UserRestriction'][];
    nextPageToken?: string;
  };
  UserRestriction: {
    path?: string;

    readonly updateTime?: string;
    readonly user?: string;
    gameJoinRestriction?: Schemas['UserRestriction_GameJoinRestriction'];
  };
  UserRestriction_GameJoinRestriction: {
    active?: boolean;

    readonly startTime?: string;

    duration?: string;
    privateReason?: string;
    displayReason?: string;
    excludeAltAccounts?: boolean;
    readonly inherited?: boolean;
  };
  Subscription: {
    path?: string;

    readonly createTime?: string;

    readonly updateTime?: string;
    readonly active?: boolean;
    readonly willRenew?: boolean;

    readonly lastBillingTime?: string;

    readonly nextRenewTime?: string;

    readonly expireTime?: string;

    readonly state?:
      | 'STATE_UNSPECIFIED'
      | 'SUBSCRIBED_WILL_RENEW'
      | 'SUBSCRIBED_WILL_NOT_RENEW'
      | 'SUBSCRIBED_RENEWAL_PAYMENT_PENDING'
      | 'EXPIRED'
      | (string & {});
    expirationDetails?: Schemas['Subscription_ExpirationDetails'];

    readonly purchasePlatform?: 'PURCHASE_PLATFORM_UNSPECIFIED' | 'DESKTOP' | 'MOBILE' | (string & {});

    readonly paymentProvider?:
      'PAYMENT_PROVIDER_UNSPECIFIED' | 'STRIPE' | 'APPLE' | 'GOOGLE' | 'ROBLOX_CREDIT' | 'ROBUX' | (string & {});
    user?: string;
  };
  Subscription_ExpirationDetails: {
    reason?:
      | 'EXPIRATION_REASON_UNSPECIFIED'
      | 'PRODUCT_INACTIVE'
      | 'PRODUCT_DELETED'
      | 'SUBSCRIBER_CANCELLED'
      | 'SUBSCRIBER_REFUNDED'
      | 'LAPSED'
      | (string & {});
  };
  ListUserRestrictionLogsResponse: {
    logs?: Schemas['UserRestrictionLog'][];
    nextPageToken?: string;
  };
  UserRestrictionLog: {
    user?: string;
    place?: string;
    moderator?: Schemas['UserRestrictionLog_Moderator'];

    createTime?: string;
    active?: boolean;

    startTime?: string;

    duration?: string;
    privateReason?: string;
    displayReason?: string;
    restrictionType?: Schemas['UserRestrictionLog_RestrictionType'];
    excludeAltAccounts?: boolean;
  };
  UserRestrictionLog_Moderator: {
    robloxUser?: string;
    gameServerScript?: Schemas['UserRestrictionLog_Moderator_GameServerScript'];
  };
  UserRestrictionLog_Moderator_GameServerScript: Record<string, unknown>;
  UserRestrictionLog_RestrictionType: {
    gameJoinRestriction?: Schemas['UserRestrictionLog_RestrictionType_GameJoinRestriction'];
  };
  UserRestrictionLog_RestrictionType_GameJoinRestriction: Record<string, unknown>;
  GenerateSpeechAssetRequest: {
    text: string;
    speechStyle?: Schemas['GenerateSpeechAssetRequest_GeneratedSpeechStyle'];
  };
  GenerateSpeechAssetRequest_GeneratedSpeechStyle: {
    voiceId?: string;

    pitch?: number;

    speed?: number;
  };
  Operation: {
    path?: string;
    metadata?: Schemas['GoogleProtobufAny'];
    done?: boolean;
    error?: Schemas['Status'];
    response?: Schemas['GoogleProtobufAny'];
  };
  GoogleProtobufAny: {
    '@type'?: string;
  } & {
    [key: string]: unknown;
  };
  Status: {
    code?: number;
    message?: string;
    details?: Schemas['GoogleProtobufAny'][];
  };
  PublishUniverseMessageRequest: {
    topic: string;
    message: string;
  };
  RestartUniverseServersRequest: {
    placeIds?: number[];
    closeAllVersions?: boolean;
    bleedOffServers?: boolean;

    bleedOffDurationMinutes?: number;
  };
  RestartUniverseServersResponse: Record<string, unknown>;
  User: {
    path?: string;

    readonly createTime?: string;
    readonly id?: string;
    name?: string;
    displayName?: string;
    about?: string;
    locale?: string;
    readonly premium?: boolean;
    readonly idVerified?: boolean;
    socialNetworkProfiles?: Schemas['User_SocialNetworkProfiles'];
  };
  User_SocialNetworkProfiles: {
    facebook?: string;
    twitter?: string;
    youtube?: string;
    twitch?: string;
    guilded?: string;

    visibility?:
      | 'SOCIAL_NETWORK_VISIBILITY_UNSPECIFIED'
      | 'NO_ONE'
      | 'FRIENDS'
      | 'FRIENDS_AND_FOLLOWING'
      | 'FRIENDS_FOLLOWING_AND_FOLLOWERS'
      | 'EVERYONE'
      | (string & {});
  };
  ListAssetQuotasResponse: {
    assetQuotas?: Schemas['AssetQuota'][];
    nextPageToken?: string;
  };
  AssetQuota: {
    path?: string;

    quotaType?: 'QUOTA_TYPE_UNSPECIFIED' | 'RATE_LIMIT_UPLOAD' | 'RATE_LIMIT_CREATOR_STORE_DISTRIBUTE' | (string & {});

    assetType?:
      | 'ASSET_TYPE_UNSPECIFIED'
      | 'IMAGE'
      | 'TSHIRT'
      | 'AUDIO'
      | 'MESH'
      | 'LUA'
      | 'HAT'
      | 'PLACE'
      | 'MODEL'
      | 'SHIRT'
      | 'PANTS'
      | 'DECAL'
      | 'HEAD'
      | 'FACE'
      | 'GEAR'
      | 'ANIMATION'
      | 'TORSO'
      | 'RIGHT_ARM'
      | 'LEFT_ARM'
      | 'LEFT_LEG'
      | 'RIGHT_LEG'
      | 'YOUTUBE_VIDEO'
      | 'APP'
      | 'CODE'
      | 'PLUGIN'
      | 'SOLID_MODEL'
      | 'MESH_PART'
      | 'HAIR_ACCESSORY'
      | 'FACE_ACCESSORY'
      | 'NECK_ACCESSORY'
      | 'SHOULDER_ACCESSORY'
      | 'FRONT_ACCESSORY'
      | 'BACK_ACCESSORY'
      | 'WAIST_ACCESSORY'
      | 'CLIMB_ANIMATION'
      | 'DEATH_ANIMATION'
      | 'FALL_ANIMATION'
      | 'IDLE_ANIMATION'
      | 'JUMP_ANIMATION'
      | 'RUN_ANIMATION'
      | 'SWIM_ANIMATION'
      | 'WALK_ANIMATION'
      | 'POSE_ANIMATION'
      | 'LOCALIZATION_TABLE_MANIFEST'
      | 'LOCALIZATION_TABLE_TRANSLATION'
      | 'EMOTE_ANIMATION'
      | 'VIDEO'
      | 'TEXTURE_PACK'
      | 'TSHIRT_ACCESSORY'
      | 'SHIRT_ACCESSORY'
      | 'PANTS_ACCESSORY'
      | 'JACKET_ACCESSORY'
      | 'SWEATER_ACCESSORY'
      | 'SHORTS_ACCESSORY'
      | 'LEFT_SHOE_ACCESSORY'
      | 'RIGHT_SHOE_ACCESSORY'
      | 'DRESS_SKIRT_ACCESSORY'
      | 'FONT_FAMILY'
      | 'FONT_FACE'
      | 'MESH_HIDDEN_SURFACE_REMOVAL'
      | 'EYEBROW_ACCESSORY'
      | 'EYELASH_ACCESSORY'
      | 'MOOD_ANIMATION'
      | 'DYNAMIC_HEAD'
      | 'CODE_SNIPPET'
      | 'ADS_VIDEO'
      | (string & {});

    usage?: number;

    capacity?: number;

    period?: 'PERIOD_UNSPECIFIED' | 'MONTH' | 'DAY' | (string & {});

    usageResetTime?: string;
  };
  ListInventoryItemsResponse: {
    inventoryItems?: Schemas['InventoryItem'][];
    nextPageToken?: string;
  };
  InventoryItem: {
    path?: string;
    assetDetails?: Schemas['InventoryItem_AssetDetails'];
    badgeDetails?: Schemas['InventoryItem_BadgeDetails'];
    gamePassDetails?: Schemas['InventoryItem_GamePassDetails'];
    privateServerDetails?: Schemas['InventoryItem_PrivateServerDetails'];

    readonly addTime?: string;
  };
  InventoryItem_AssetDetails: {
    assetId?: string;

    inventoryItemAssetType?:
      | 'INVENTORY_ITEM_ASSET_TYPE_UNSPECIFIED'
      | 'CLASSIC_TSHIRT'
      | 'AUDIO'
      | 'HAT'
      | 'MODEL'
      | 'CLASSIC_SHIRT'
      | 'CLASSIC_PANTS'
      | 'DECAL'
      | 'CLASSIC_HEAD'
      | 'FACE'
      | 'GEAR'
      | 'ANIMATION'
      | 'TORSO'
      | 'RIGHT_ARM'
      | 'LEFT_ARM'
      | 'LEFT_LEG'
      | 'RIGHT_LEG'
      | 'PACKAGE'
      | 'PLUGIN'
      | 'MESH_PART'
      | 'HAIR_ACCESSORY'
      | 'FACE_ACCESSORY'
      | 'NECK_ACCESSORY'
      | 'SHOULDER_ACCESSORY'
      | 'FRONT_ACCESSORY'
      | 'BACK_ACCESSORY'
      | 'WAIST_ACCESSORY'
      | 'CLIMB_ANIMATION'
      | 'DEATH_ANIMATION'
      | 'FALL_ANIMATION'
      | 'IDLE_ANIMATION'
      | 'JUMP_ANIMATION'
      | 'RUN_ANIMATION'
      | 'SWIM_ANIMATION'
      | 'WALK_ANIMATION'
      | 'POSE_ANIMATION'
      | 'EMOTE_ANIMATION'
      | 'VIDEO'
      | 'TSHIRT_ACCESSORY'
      | 'SHIRT_ACCESSORY'
      | 'PANTS_ACCESSORY'
      | 'JACKET_ACCESSORY'
      | 'SWEATER_ACCESSORY'
      | 'SHORTS_ACCESSORY'
      | 'LEFT_SHOE_ACCESSORY'
      | 'RIGHT_SHOE_ACCESSORY'
      | 'DRESS_SKIRT_ACCESSORY'
      | 'EYEBROW_ACCESSORY'
      | 'EYELASH_ACCESSORY'
      | 'MOOD_ANIMATION'
      | 'DYNAMIC_HEAD'
      | 'CREATED_PLACE'
      | 'PURCHASED_PLACE'
      | (string & {});
    instanceId?: string;
    collectibleDetails?: Schemas['InventoryItem_CollectibleDetails'];
  };
  InventoryItem_CollectibleDetails: {
    itemId?: string;
    instanceId?: string;

    instanceState?: 'COLLECTIBLE_ITEM_INSTANCE_STATE_UNSPECIFIED' | 'AVAILABLE' | 'HOLD' | (string & {});

    serialNumber?: number;
  };
  InventoryItem_BadgeDetails: {
    badgeId?: string;
  };
  InventoryItem_GamePassDetails: {
    gamePassId?: string;
  };
  InventoryItem_PrivateServerDetails: {
    privateServerId?: string;
  };
  UserNotification: {
    path?: string;
    readonly id?: string;
    source?: Schemas['UserNotification_Source'];
    payload?: Schemas['UserNotification_Payload'];
  };
  UserNotification_Source: {
    universe?: string;
  };
  UserNotification_Payload: {
    type?: 'TYPE_UNSPECIFIED' | 'MOMENT' | (string & {});
    messageId?: string;
    parameters?: {
      [key: string]: Schemas['UserNotification_Payload_ParameterValue'];
    };
    joinExperience?: Schemas['UserNotification_Payload_JoinExperience'];
    analyticsData?: Schemas['UserNotification_Payload_AnalyticsData'];
  };
  UserNotification_Payload_ParameterValue: {
    stringValue?: string;

    int64Value?: number;
  };
  UserNotification_Payload_JoinExperience: {
    launchData?: string;
  };
  UserNotification_Payload_AnalyticsData: {
    category?: string;
  };
  'OCV2.Operations.Operation': {
    path?: string;
    metadata?: Schemas['GoogleProtobufAny'];
    done?: boolean;
    error?: Schemas['Status'];
    response?: Schemas['GoogleProtobufAny'];
  };
  ConfigRepositoryValues: {
    metadata?: Schemas['ConfigRepositoryMetadata'] | null;
    entries?: {
      [key: string]: unknown;
    } | null;
    conditionalRules?: Schemas['ConditionalRulesPayload'] | null;
  };
  ConfigRepositoryMetadata: {
    configVersion?: number;
  };
  ConditionalRulesPayload: {
    rules?: {
      [key: string]: Schemas['ConditionalRuleDefinition'];
    } | null;
    rulesOrder?: string[] | null;
  };
  ConditionalRuleDefinition: {
    tokens?: Schemas['RpnTokenDto'][] | null;
  };
  RpnTokenDto: {
    operator?: string | null;
    operand?: Schemas['RpnOperandDto'] | null;
  };
  RpnOperandDto: {
    attributeReference?: string | null;
    literalValue?: Schemas['LiteralValueDto'] | null;
  };
  LiteralValueDto: {
    booleanValue?: string | null;
    integerValue?: string | null;
    doubleValue?: string | null;
    stringValue?: string | null;
  };
  ConfigRepositoryDraft: {
    draftHash?: string | null;
    entries?: {
      [key: string]: Schemas['ConfigDraftEntry'];
    } | null;
    conditionalRules?: Schemas['ConditionalRulesPayload'] | null;
  };
  ConfigDraftEntry: {
    value?: unknown;
    description?: string | null;
  };
  UpdateDraftRequest: {
    draftHash?: string | null;
    entries?: {
      [key: string]: unknown;
    } | null;
    conditionalRules?: Schemas['ConditionalRulesPayload'] | null;
  };
  DraftHashResponse: {
    draftHash?: string | null;
  };
  DeleteDraftRequest: {
    draftHash?: string | null;
  };
  ConfigRepositoryFull: {
    entries?: {
      [key: string]: Schemas['ConfigValueFull'];
    } | null;
    metadata?: Schemas['ConfigRepositoryMetadata'] | null;
    conditionalRules?: Schemas['ConditionalRulesPayload'] | null;
  };
  ConfigValueFull: {
    variants?: Schemas['ConfigVariantDto'][] | null;
    value?: unknown;
    description?: string | null;

    lastModifiedTime?: string;

    lastAccessedTime?: string;
  };
  ConfigVariantDto: {
    type?: Schemas['ConfigVariantType'];
    variantTypeId?: string | null;
    value?: unknown;
  };
  ConfigVariantType: 'conditional' | (string & {});
  PublishDraftRequest: {
    draftHash?: string | null;
    message?: string | null;
    deploymentStrategy?: Schemas['DeploymentStrategy'];
  };
  DeploymentStrategy: 'Invalid' | 'GradualRollout' | 'Immediate' | (string & {});
  PublishDraftResponse: {
    configVersion?: number;
  };
  ListRevisionsResponse: {
    revisions?: Schemas['RevisionResponse'][] | null;
  };
  RevisionResponse: {
    revisionId?: string | null;

    version?: number;

    time?: string;
    publishedBy?: string | null;
    message?: string | null;
    deploymentResult?: string | null;

    autoRestoreToVersion?: number;
    changes?: {
      [key: string]: Schemas['RevisionChange'];
    } | null;
    conditionalRulesChanges?: Schemas['ConditionalRulesChangesPayload'] | null;
  };
  RevisionChange: {
    before?: unknown;
    after?: unknown;
  };
  ConditionalRulesChangesPayload: {
    rulesOrder?: Schemas['RulesOrderDeltaPayload'] | null;
    rules?: {
      [key: string]: Schemas['RuleDeltaPayload'];
    } | null;
  };
  RulesOrderDeltaPayload: {
    before?: string[] | null;
    after?: string[] | null;
  };
  RuleDeltaPayload: {
    before?: unknown;
    after?: unknown;
  };
  ExperimentState:
    | 'EXPERIMENT_STATE_DRAFT'
    | 'EXPERIMENT_STATE_SCHEDULED'
    | 'EXPERIMENT_STATE_RUNNING'
    | 'EXPERIMENT_STATE_COMPLETED'
    | 'EXPERIMENT_STATE_CANCELLED'
    | 'EXPERIMENT_STATE_DELETED'
    | (string & {});
  ListExperimentsResponse: {
    experiments?: Schemas['ExperimentSummary'][] | null;

    total?: number;
  };
  ExperimentSummary: {
    id?: string | null;
    name?: string | null;
    description?: string | null;

    createdTime?: string;
    lastUpdatedTime?: string | null;
    startedTime?: string | null;
    stoppedTime?: string | null;
    state?: Schemas['ExperimentState'];
    createdBy?: string | null;
    experimentConfigKey?: string | null;
    scheduledTime?: string | null;

    durationSeconds?: number;
    productType?: Schemas['ExperimentProductType'];
  };
  ExperimentProductType:
    'EXPERIMENT_PRODUCT_TYPE_IN_GAME_CONFIGS' | 'EXPERIMENT_PRODUCT_TYPE_MATCHMAKING' | (string & {});
  CreateExperimentData: {
    name?: string | null;
    description?: string | null;
    experimentConfiguration?: Schemas['ExperimentConfiguration'] | null;

    exposurePercent?: number;
    targetingCriteria?: Schemas['TargetingCriteria'] | null;

    durationSeconds?: number;
    universeGoalMetric?: Schemas['UniverseExperimentMetric'];
  };
  ExperimentConfiguration: {
    productType?: Schemas['ExperimentProductType'];
    inGameConfigExperimentConfiguration?: Schemas['InGameConfigExperimentConfiguration'] | null;
    matchmakingExperimentConfiguration?: Schemas['MatchmakingExperimentConfiguration'] | null;
  };
  InGameConfigExperimentConfiguration: {
    variants?: Schemas['SingleConfigExperimentVariant'][] | null;
  };
  SingleConfigExperimentVariant: {
    variantMeta?: Schemas['VariantMeta'] | null;
    configEntry?: Schemas['ExperimentConfigEntry'] | null;
  };
  VariantMeta: {
    variantId?: string | null;
    label?: string | null;
    isBaseline?: boolean;

    weight?: number;
  };
  ExperimentConfigEntry: {
    key?: string | null;
    entryValue?: unknown;
    description?: string | null;
  };
  MatchmakingExperimentConfiguration: {
    variants?: Schemas['MatchmakingExperimentVariant'][] | null;
  };
  MatchmakingExperimentVariant: {
    variantMeta?: Schemas['VariantMeta'] | null;
    placeMatchmakingConfigs?: Schemas['PlaceScoringConfig'][] | null;
  };
  PlaceScoringConfig: {
    placeId?: number;
    matchmakingScoringConfigId?: string | null;
    usePlatformDefault?: boolean;
  };
  TargetingCriteria: {
    rule?: Schemas['ConditionalRuleDefinition'] | null;
  };
  UniverseExperimentMetric:
    | 'UNIVERSE_EXPERIMENT_METRIC_AVERAGE_SESSION_TIME'
    | 'UNIVERSE_EXPERIMENT_METRIC_PLAYTIME_PER_USER'
    | 'UNIVERSE_EXPERIMENT_METRIC_DAY_1_RETENTION'
    | 'UNIVERSE_EXPERIMENT_METRIC_DAY_7_RETENTION'
    | 'UNIVERSE_EXPERIMENT_METRIC_PAYER_CONVERSION_RATE'
    | 'UNIVERSE_EXPERIMENT_METRIC_AVERAGE_REVENUE_PER_USER'
    | 'UNIVERSE_EXPERIMENT_METRIC_AVERAGE_REVENUE_PER_PAYING_USER'
    | (string & {});
  CreateExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  ExperimentOperation: {
    operationId?: string | null;
    status?: Schemas['OperationalStatus'];

    createdTime?: string;
    done?: boolean;
    error?: Schemas['ExperimentApiError'] | null;
    experiment?: Schemas['ProductExperiment'] | null;
  };
  OperationalStatus:
    | 'OPERATIONAL_STATUS_READY'
    | 'OPERATIONAL_STATUS_CREATING'
    | 'OPERATIONAL_STATUS_UPDATING'
    | 'OPERATIONAL_STATUS_STARTING'
    | 'OPERATIONAL_STATUS_STOPPING'
    | 'OPERATIONAL_STATUS_SCHEDULING'
    | 'OPERATIONAL_STATUS_DELETING'
    | 'OPERATIONAL_STATUS_RAMPING_UP'
    | 'OPERATIONAL_STATUS_SYNCING'
    | 'OPERATIONAL_STATUS_ROLLING_OUT'
    | (string & {});
  ExperimentApiError: {
    errorType?: Schemas['ExperimentApiErrorType'];
    errorCode?: string | null;
    errorMessage?: string | null;
    errorContext?: {
      [key: string]: string | null;
    } | null;
  };
  ExperimentApiErrorType:
    | 'EXPERIMENT_API_ERROR_TYPE_INVALID_VARIANT_CONFIGURATION'
    | 'EXPERIMENT_API_ERROR_TYPE_INVALID_VARIANT_LABEL'
    | 'EXPERIMENT_API_ERROR_TYPE_MUST_HAVE_EXACTLY_ONE_BASELINE_VARIANT'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_OVERLAPPING_RUNTIME'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_INVALID_SCORING_CONFIGURATIONS'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_UNEXPECTED_PRODUCT_TYPE'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_EMPTY_CONFIGURATION'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_EMPTY_VARIANT_METADATA'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_VARIANT_WEIGHT_MUST_BE_POSITIVE'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_VARIANT_WEIGHTS_UNBALANCED'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_PLACE_CONFIG_REQUIRES_SCORING_ID_OR_DEFAULT'
    | 'EXPERIMENT_API_ERROR_TYPE_CONFIGS_MISSING_VARIANT'
    | 'EXPERIMENT_API_ERROR_TYPE_CONFIGS_VARIANT_MISSING_KEY'
    | 'EXPERIMENT_API_ERROR_TYPE_CONFIGS_VARIANT_MISSING_VALUE'
    | 'EXPERIMENT_API_ERROR_TYPE_CONFIGS_KEY_ALREADY_IN_USE'
    | 'EXPERIMENT_API_ERROR_TYPE_SYSTEM_ERROR'
    | 'EXPERIMENT_API_ERROR_TYPE_EXPERIMENT_RESULTS_NOT_FOUND'
    | 'EXPERIMENT_API_ERROR_TYPE_INVALID_TARGETING_CRITERIA'
    | 'EXPERIMENT_API_ERROR_TYPE_TARGETING_NOT_ALLOWED'
    | 'EXPERIMENT_API_ERROR_TYPE_INVALID_DURATION'
    | 'EXPERIMENT_API_ERROR_TYPE_CONFIGS_VARIANT_CONFIG_NOT_FOUND'
    | 'EXPERIMENT_API_ERROR_TYPE_INVALID_EXPERIMENT_NAME'
    | 'EXPERIMENT_API_ERROR_TYPE_CONDITIONAL_CONFIG_REQUIRES_NULL_BASELINE'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_CONTROL_VARIANT_MUST_MATCH_CURRENT_CONFIGURATION'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_VARIANTS_MUST_COVER_SAME_PLACES'
    | 'EXPERIMENT_API_ERROR_TYPE_MATCHMAKING_VARIANT_HAS_DUPLICATE_PLACES'
    | (string & {});
  ProductExperiment: {
    id?: string | null;
    name?: string | null;
    description?: string | null;

    createdTime?: string;
    lastUpdatedTime?: string | null;
    startedTime?: string | null;
    stoppedTime?: string | null;
    state?: Schemas['ExperimentState'];
    experimentConfiguration?: Schemas['ExperimentConfiguration'] | null;

    exposurePercent?: number;
    targetingCriteria?: Schemas['TargetingCriteria'] | null;
    operationalStatus?: Schemas['OperationalStatus'];
    createdBy?: string | null;
    scheduledTime?: string | null;

    durationSeconds?: number;
    universeMetricConfiguration?: Schemas['UniverseMetricConfiguration'] | null;
  };
  UniverseMetricConfiguration: {
    goalMetric?: Schemas['UniverseExperimentMetric'];
    learningMetrics?: Schemas['UniverseExperimentMetric'][] | null;
  };
  GetExperimentResponse: {
    experiment?: Schemas['ProductExperiment'] | null;
  };
  UpdateExperimentData: {
    name?: string | null;
    description?: string | null;
    experimentConfiguration?: Schemas['ExperimentConfiguration'] | null;

    exposurePercent?: number;
    targetingCriteria?: Schemas['TargetingCriteria'] | null;

    durationSeconds?: number;
    universeGoalMetric?: Schemas['UniverseExperimentMetric'];
  };
  UpdateExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  DiscardExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  GetExperimentStatsResponse: {
    operation?: Schemas['ExperimentStatsOperation'] | null;
  };
  ExperimentStatsOperation: {
    experimentId?: number;
    lastModifiedTime?: string | null;
    done?: boolean;
    error?: Schemas['ExperimentApiError'] | null;
    experimentStats?: Schemas['ExperimentStats'] | null;
  };
  ExperimentStats: {
    isSrmDetected?: boolean;
  };
  CompleteExperimentRequest: {
    variantId?: string | null;
  };
  CompleteExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  ScheduleExperimentRequest: {
    scheduledStartTime?: string | null;
  };
  ScheduleExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  StartExperimentResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  CalculateExperimentMdeData: {
    exposurePercent?: number;

    durationSeconds?: number;

    baselineWeight?: number;
    variantWeights?: number[] | null;
    universeGoalMetric?: Schemas['UniverseExperimentMetric'];
    targetingCriteria?: Schemas['TargetingCriteria'] | null;
  };
  CalculateExperimentMdeResponse: {
    operation?: Schemas['MdeOperation'] | null;
  };
  MdeOperation: {
    operationId?: string | null;
    lastModifiedTime?: string | null;
    done?: boolean;
    error?: Schemas['ExperimentApiError'] | null;
    mde?: Schemas['MdeResult'] | null;
  };
  MdeResult: {
    totalSampleSize?: number;
    mdeRelativePercentages?: number[] | null;

    minimumSampleSizeThreshold?: number;
  };
  GetExperimentOperationStatusResponse: {
    operation?: Schemas['ExperimentOperation'] | null;
  };
  DeveloperProductConfigV2: {
    productId: number;
    name: string;
    description: string;

    iconImageAssetId: number | null;

    universeId: number;
    isForSale: boolean;
    storePageEnabled?: boolean | null;
    priceInformation: Schemas['PriceInformationStruct'] | null;
    isImmutable: boolean;

    createdTimestamp: string;

    updatedTimestamp: string;
    isManagedPricingEnabled: boolean;
  };
  PriceInformationStruct: {
    defaultPriceInRobux: number | null;
    enabledFeatures: Schemas['PricingFeature'][];
  };
  PricingFeature: 'Invalid' | 'PriceOptimization' | 'UserFixedPrice' | 'RegionalPricing' | (string & {});
  ListDeveloperProductConfigsV2Response: {
    developerProducts: Schemas['DeveloperProductConfigV2'][];
    nextPageToken: string | null;
  };
  GamePassConfigV2: {
    gamePassId: number;
    name: string;
    description: string;
    isForSale: boolean;

    iconAssetId: number;

    createdTimestamp: string;

    updatedTimestamp: string;
    priceInformation: Schemas['GamePasses.PriceInformationStruct'] | null;
    isManagedPricingEnabled: boolean;
  };
  'GamePasses.PriceInformationStruct': {
    defaultPriceInRobux: number | null;
    enabledFeatures: Schemas['GamePasses.PricingFeature'][];
  };
  'GamePasses.PricingFeature': 'Invalid' | 'PriceOptimization' | 'UserFixedPrice' | 'RegionalPricing' | (string & {});
  ListGamePassConfigsByUniverseResponse: {
    gamePasses: Schemas['GamePassConfigV2'][];
    nextPageToken: string | null;
  };
  'Roblox.Badges.Api.UpdateBadgeRequest': {
    name?: string;
    description?: string;
    enabled?: boolean;
  };
  'Roblox.Web.WebAPI.ApiEmptyResponseModel': Record<string, unknown>;
  'Roblox.Web.Responses.Badges.BadgeResponseV2': {
    id?: number;
    name?: string;
    description?: string;
    displayName?: string;
    displayDescription?: string;
    enabled?: boolean;

    iconImageId?: number;

    displayIconImageId?: number;
    awarder?: Schemas['Roblox.Web.Responses.RelatedEntityTypeResponse_Roblox.Platform.Badges.BadgeAwarderType_'];
    statistics?: Schemas['Roblox.Web.Responses.Badges.BadgeAwardStatisticsResponse'];

    created?: string;

    updated?: string;
  };
  'Roblox.Web.Responses.RelatedEntityTypeResponse_Roblox.Platform.Badges.BadgeAwarderType_': {
    id?: number;

    type?: 1;
    name?: string;
  };
  'Roblox.Web.Responses.Badges.BadgeAwardStatisticsResponse': {
    pastDayAwardedCount?: number;

    awardedCount?: number;

    winRatePercentage?: number;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Web.Responses.Users.SkinnyUserResponse_': {
    data?: Schemas['Roblox.Web.Responses.Users.SkinnyUserResponse'][];
  };
  'Roblox.Web.Responses.Users.SkinnyUserResponse': {
    id?: number;
    name?: string;
    displayName?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.UniverseIdPermissionsModel_': {
    data?: Schemas['Roblox.Api.Develop.Models.UniverseIdPermissionsModel'][];
  };
  'Roblox.Api.Develop.Models.UniverseIdPermissionsModel': {
    universeId?: number;
    canManage?: boolean;
    canCloudEdit?: boolean;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.UniverseTeamCreateSettingsModel_': {
    data?: Schemas['Roblox.Api.Develop.Models.UniverseTeamCreateSettingsModel'][];
  };
  'Roblox.Api.Develop.Models.UniverseTeamCreateSettingsModel': {
    id?: number;
    isEnabled?: boolean;
  };
  'Roblox.Api.Develop.Models.UniversePermissionsModel': {
    canManage?: boolean;
    canCloudEdit?: boolean;
  };
  'Roblox.Api.Develop.Models.Response.TeamCreateSettingsResponse': {
    isEnabled?: boolean;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Api.Develop.Models.GroupModel_': {
    data?: Schemas['Roblox.Api.Develop.Models.GroupModel'][];
  };
  'Roblox.Api.Develop.Models.GroupModel': {
    id?: number;
    name?: string;
  };
  'Roblox.Followings.Api.Models.UserFollowingUniverseResponse': {
    universeId?: number;

    userId?: number;
  };
  'Roblox.Followings.Api.Models.UserFollowingUniverseStatusResponse': {
    UniverseId?: number;

    UserId?: number;
    CanFollow?: boolean;
    IsFollowing?: boolean;

    FollowingCountByType?: number;

    FollowingLimitByType?: number;
  };
  'Roblox.Followings.Api.Models.FollowsByTypeResponse': {
    followerType?: 0 | 1;

    followerId?: number;

    sourceType?: 0 | 1;
    followedSources?: {
      [key: string]: string;
    };
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeDescriptionRequest': {
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeDescriptionResponse': {
    description?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetBadgeIconResponse_': {
    data?: Schemas['Roblox.GameInternationalization.Api.GetBadgeIconResponse'][];
  };
  'Roblox.GameInternationalization.Api.GetBadgeIconResponse': {
    imageId?: string;
    imageUrl?: string;

    state?: 'Approved' | 'PendingReview' | 'UnAvailable' | 'Rejected' | 'Error' | (string & {});
    languageCode?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.NameDescription_': {
    data?: Schemas['Roblox.GameInternationalization.Api.NameDescription'][];
  };
  'Roblox.GameInternationalization.Api.NameDescription': {
    name?: string;
    description?: string;

    updateType?: 'Invalid' | 'Name' | 'Description' | (string & {});
    languageCode?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeNameDescriptionRequest': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeNameDescriptionResponse': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeNameRequest': {
    name?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateBadgeNameResponse': {
    name?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductDescriptionRequest': {
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductDescriptionResponse': {
    description?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetDeveloperProductIconResponse_': {
    data?: Schemas['Roblox.GameInternationalization.Api.GetDeveloperProductIconResponse'][];
  };
  'Roblox.GameInternationalization.Api.GetDeveloperProductIconResponse': {
    imageId?: string;
    imageUrl?: string;

    state?: 'Approved' | 'PendingReview' | 'UnAvailable' | 'Rejected' | 'Error' | (string & {});
    languageCode?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductNameDescriptionRequest': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductNameDescriptionResponse': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductNameRequest': {
    name?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateDeveloperProductNameResponse': {
    name?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetGameIconResponse_': {
    data?: Schemas['Roblox.GameInternationalization.Api.GetGameIconResponse'][];
  };
  'Roblox.GameInternationalization.Api.GetGameIconResponse': {
    imageId?: string;
    imageUrl?: string;

    state?: 'Approved' | 'PendingReview' | 'UnAvailable' | 'Rejected' | 'Error' | (string & {});
    languageCode?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassDescriptionRequest': {
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassDescriptionResponse': {
    description?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.GetGamePassIconResponse_': {
    data?: Schemas['Roblox.GameInternationalization.Api.GetGamePassIconResponse'][];
  };
  'Roblox.GameInternationalization.Api.GetGamePassIconResponse': {
    imageId?: string;
    imageUrl?: string;

    state?: 'Approved' | 'PendingReview' | 'UnAvailable' | 'Rejected' | 'Error' | (string & {});
    languageCode?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassNameDescriptionRequest': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassNameDescriptionResponse': {
    name?: string;
    description?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassNameRequest': {
    name?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateGamePassNameResponse': {
    name?: string;
  };
  'Roblox.GameInternationalization.Api.UpdateThumbnailAltTextRequest': {
    thumbnailId?: number;
    altText?: string;
  };
  'Roblox.GameInternationalization.Api.Models.Response.UploadImageForGameThumbnailResponse': {
    mediaAssetId?: string;
  };
  'Roblox.GameInternationalization.Api.SortImageIdsRequest': {
    mediaAssetIds?: number[];
  };
  'Roblox.GameInternationalization.Api.GetNameDescriptionHistoryV2Request': {
    contentId?: number;

    contentType?:
      | 'UniverseDisplayNames'
      | 'UniverseDisplayDescriptions'
      | 'BadgeDisplayName'
      | 'BadgeDisplayDescription'
      | 'DeveloperProductDisplayName'
      | 'DeveloperProductDisplayDescription'
      | 'GamePassDisplayName'
      | 'GamePassDisplayDescription'
      | (string & {});
    languageCode?: string;
    cursor?: string;

    count?: number;

    sortOrder?: 'Asc' | 'Desc' | (string & {});
  };
  'Roblox.GameInternationalization.Api.GetNameDescriptionHistoryResponse': {
    history?: Schemas['Roblox.GameInternationalization.Api.TranslationHistory'][];
    lastEvaluatedId?: string;
  };
  'Roblox.GameInternationalization.Api.TranslationHistory': {
    translationText?: string;
    translator?: Schemas['Roblox.GameInternationalization.Api.Translator'];

    created?: string;
  };
  'Roblox.GameInternationalization.Api.Translator': {
    id?: number;

    agentType?: 'User' | 'Automation' | (string & {});
  };
  'Roblox.GameInternationalization.Api.UpdateNameDescriptionsRequest': {
    data?: Schemas['Roblox.GameInternationalization.Api.NameDescription'][];
  };
  'Roblox.GameInternationalization.Api.UpdateNameDescriptionsResponse': {
    successOperations?: Schemas['Roblox.GameInternationalization.Api.NameDescription'][];
    failedOperations?: Schemas['Roblox.GameInternationalization.Api.FailedNameDescription'][];
  };
  'Roblox.GameInternationalization.Api.FailedNameDescription': {
    languageCode?: string;

    errorCode?: number;
  };
  'Roblox.GameInternationalization.Api.PatchLanguage': {
    languageCodeType?: 'Language' | 'Locale' | (string & {});
    languageCode?: string;
    delete?: boolean;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.LanguageOrLocaleSettings_': {
    data?: Schemas['Roblox.GameInternationalization.Api.LanguageOrLocaleSettings'][];
  };
  'Roblox.GameInternationalization.Api.LanguageOrLocaleSettings': {
    languageCodeType?: 'Language' | 'Locale' | (string & {});
    languageCode?: string;
    isAutomaticTranslationEnabled?: boolean;
    isImageTranslationEnabled?: boolean;
  };
  'Roblox.GameInternationalization.Api.EditAutomaticTranslationStatusForGameAndLanguageResponse': {
    gameId?: number;
    languageCode?: string;
    isAutomaticTranslationEnabled?: boolean;
  };
  'Roblox.GameInternationalization.Api.EditImageTranslationStatusForGameAndLanguageResponse': {
    gameId?: number;
    languageCode?: string;
    isImageTranslationEnabled?: boolean;
  };
  'Roblox.GameInternationalization.Api.UpdateUniverseDisplayInfoAutomaticTranslationSettingsResponse': {
    gameId?: number;
    languageCode?: string;
    isUniverseDisplayInfoAutomaticTranslationEnabled?: boolean;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.GameInternationalization.Api.UniverseDisplayInfoAutomaticTranslationSettings_': {
    data?: Schemas['Roblox.GameInternationalization.Api.UniverseDisplayInfoAutomaticTranslationSettings'][];
  };
  'Roblox.GameInternationalization.Api.UniverseDisplayInfoAutomaticTranslationSettings': {
    languageCode?: string;
    isUniverseDisplayInfoAutomaticTranslationEnabled?: boolean;
  };
  'Roblox.Groups.Api.GroupPolicyRequest': {
    groupIds?: number[];
  };
  'Roblox.Groups.Api.GroupPoliciesResponse': {
    groups?: Schemas['Roblox.Groups.Api.GroupPolicyResponse'][];
  };
  'Roblox.Groups.Api.GroupPolicyResponse': {
    canViewGroup?: boolean;

    groupId?: number;
  };
  'Roblox.Groups.Api.GroupAuditLogPageResponse_Roblox.Groups.Api.Models.Response.GroupAuditLogResponseItem_': {
    previousPageCursor?: string;
    nextPageCursor?: string;
    data?: Schemas['Roblox.Groups.Api.Models.Response.GroupAuditLogResponseItem'][];
  };
  'Roblox.Groups.Api.Models.Response.GroupAuditLogResponseItem': {
    actor?: Schemas['Roblox.Groups.Api.UserGroupRoleResponse'];
    actionType?: string;
    description?: unknown;

    created?: string;
  };
  'Roblox.Groups.Api.UserGroupRoleResponse': {
    user?: Schemas['Roblox.Groups.Api.Models.Response.UserModel'];
    role?: Schemas['Roblox.Groups.Api.GroupRoleResponse'];
  };
  'Roblox.Groups.Api.Models.Response.UserModel': {
    buildersClubMembershipType?: 0 | 1 | 2 | 3 | 4;
    hasVerifiedBadge?: boolean;

    userId?: number;
    username?: string;
    displayName?: string;
  };
  'Roblox.Groups.Api.GroupRoleResponse': {
    id?: number;
    name?: string;
    description?: string;

    rank?: number;

    memberCount?: number;
    isBase?: boolean;

    color?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16;
  };
  'Roblox.Groups.Api.UpdateGroupDescriptionRequest': {
    description?: string;
  };
  'Roblox.Groups.Api.GroupDescriptionResponse': {
    newDescription?: string;
  };
  'Roblox.Groups.Api.UpdateGroupNotificationPreferenceRequest': {
    notificationsEnabled?: boolean;

    type?: 0 | 1 | 2 | 3 | 4;
  };
  'Roblox.Groups.Api.GroupSettingsResponse': {
    isApprovalRequired?: boolean;
    isBuildersClubRequired?: boolean;
    areEnemiesAllowed?: boolean;
    areGroupFundsVisible?: boolean;
    areGroupGamesVisible?: boolean;
    isGroupNameChangeEnabled?: boolean;

    verificationLevel?: 0 | 1 | 2 | 3;

    accountTenureRequirement?: 0 | 1 | 2 | 3 | 4 | 5;

    slowmode?: 0 | 1 | 2 | 3;
    isMemberListVisibleToPublic?: boolean;
    isAutoAssignRoleDisabled?: boolean;
    communityTier?: Schemas['Roblox.Groups.Client.CommunityTierInfoResponse'];
  };
  'Roblox.Groups.Client.CommunityTierInfoResponse': {
    groupId?: number;

    currentTier?: number;

    previousTier?: number;

    tierUpdatedTime?: string;

    lastEvaluatedTime?: string;
    requirements?: Schemas['Roblox.Groups.Client.TierRequirement'][];
    capabilities?: Schemas['Roblox.Groups.Client.TierCapabilities'];
  };
  'Roblox.Groups.Client.TierRequirement': {
    key?: 1 | 2 | 3 | 4 | 5;
    satisfied?: boolean;
  };
  'Roblox.Groups.Client.TierCapabilities': {
    isEligibleForUnrestrictedMessages?: boolean;
  };
  'Roblox.Groups.Api.UpdateGroupSettingsRequest': {
    isApprovalRequired?: boolean;
    areEnemiesAllowed?: boolean;
    areGroupFundsVisible?: boolean;
    areGroupGamesVisible?: boolean;

    verificationLevel?: 0 | 1 | 2 | 3;

    accountTenureRequirement?: 0 | 1 | 2 | 3 | 4 | 5;

    slowmode?: 0 | 1 | 2 | 3;
    isMemberListVisibleToPublic?: boolean;
  };
  'Roblox.Groups.Api.PostGroupStatusRequest': {
    message?: string;
  };
  'Roblox.Groups.Api.ShoutResponse': {
    body?: string;
    poster?: Schemas['Roblox.Groups.Api.Models.Response.UserModel'];

    created?: string;

    updated?: string;
  };
  'Roblox.Web.WebAPI.Models.ApiArrayResponse_Roblox.Groups.Api.GroupDetailResponse_': {
    data?: Schemas['Roblox.Groups.Api.GroupDetailResponse'][];
  };
  'Roblox.Groups.Api.GroupDetailResponse': {
    id?: number;
    name?: string;
    description?: string;
    owner?: Schemas['Roblox.Groups.Api.Models.Response.UserModel'];
    shout?: Schemas['Roblox.Groups.Api.ShoutResponse'];

    memberCount?: number;
    isBuildersClubOnly?: boolean;
    publicEntryAllowed?: boolean;
    isLocked?: boolean;
    hasVerifiedBadge?: boolean;
    hasSocialModules?: boolean;
    communityTier?: Schemas['Roblox.Groups.Client.CommunityTierInfoResponse'];
  };
  'Roblox.LocalizationTables.Api.GameAutolocalizationInformationResponse': {
    isAutolocalizationEnabled?: boolean;
    isAutomaticEntriesSettingEnabled?: boolean;
    isAutomaticEntriesDeletionEnabled?: boolean;
    shouldUseLocalizationTable?: boolean;

    autoLocalizationTableId?: string;
    sourceLanguage?: string;

    assetId?: number;
  };
  'Roblox.LocalizationTables.Api.SetAutolocalizationSettingsForGameRequest': {
    isAutolocalizationEnabled?: boolean;
    isAutomaticEntriesSettingEnabled?: boolean;
    isAutomaticEntriesDeletionsEnabled?: boolean;
    shouldUseLocalizationTable?: boolean;
  };
  'Roblox.LocalizationTables.Api.AutoLocalizationMetadataResponse': {
    isReactVersionEnabledForAutoLocalizationSettings?: boolean;
    isTabbedUIEnabledForConfigureLocalizationPage?: boolean;
    isAutomaticTranslationToggleUIEnabled?: boolean;
    isAutomaticTranslationQuotaUIEnabled?: boolean;
  };
  'Roblox.LocalizationTables.Api.GetLimitsResponse': {
    entryOperationLimits?: Schemas['Roblox.LocalizationTables.Api.EntryOperationLimits'];
    tableOperationLimits?: Schemas['Roblox.LocalizationTables.Api.TableOperationLimits'];
  };
  'Roblox.LocalizationTables.Api.EntryOperationLimits': {
    maxContextLength?: number;

    maxKeyLength?: number;

    maxSourceLength?: number;

    maxExampleLength?: number;

    maxGameLocationPathLength?: number;
  };
  'Roblox.LocalizationTables.Api.TableOperationLimits': {
    maxEntriesPerUpdate?: number;
  };
  'Roblox.LocalizationTables.Api.GetTableResponse': {
    id?: string;
    name?: string;

    ownerType?: 'User' | 'Group' | (string & {});

    ownerId?: number;

    assetId?: number;
  };
  'Roblox.LocalizationTables.Api.UpdateTableContentsRequest': {
    name?: string;
    entries?: Schemas['Roblox.LocalizationTables.Api.PatchEntry'][];
  };
  'Roblox.LocalizationTables.Api.PatchEntry': {
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];
    metadata?: Schemas['Roblox.LocalizationTables.Api.EntryMetadata'];
    translations?: Schemas['Roblox.LocalizationTables.Api.PatchTranslation'][];
    delete?: boolean;
  };
  'Roblox.LocalizationTables.Api.EntryIdentifier': {
    key?: string;
    context?: string;
    source?: string;

    entryFormat?: 'Invalid' | 'Legacy' | 'Icu' | (string & {});
  };
  'Roblox.LocalizationTables.Api.EntryMetadata': {
    example?: string;
    gameLocations?: Schemas['Roblox.InGameContentTables.Client.GameLocation'][];

    entryFormat?: 'Invalid' | 'Legacy' | 'Icu' | (string & {});
  };
  'Roblox.InGameContentTables.Client.GameLocation': {
    path?: string;
  };
  'Roblox.LocalizationTables.Api.PatchTranslation': {
    locale?: string;
    translationText?: string;
    delete?: boolean;
    changeAgent?: Schemas['Roblox.Localizationtables.Localizationtables.V1.ChangeAgent'];

    updatedTime?: string;
  };
  'Roblox.Localizationtables.Localizationtables.V1.ChangeAgent': {
    ChangeAgentType?: 'Invalid' | 'User' | 'Automation' | 'Default' | (string & {});
    Id?: string;

    readonly OptionalIdCase?: 'None' | 'Id' | (string & {});
  };
  'Roblox.LocalizationTables.Api.UpdateTableContentsResponse': {
    failedEntriesAndTranslations?: Schemas['Roblox.LocalizationTables.Api.FailedEntry'][];
    modifiedEntriesAndTranslations?: Schemas['Roblox.LocalizationTables.Api.ModifiedEntry'][];
  };
  'Roblox.LocalizationTables.Api.FailedEntry': {
    error?: Schemas['Roblox.LocalizationTables.Api.Error'];
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];
    metadata?: Schemas['Roblox.LocalizationTables.Api.EntryMetadata'];
    translations?: Schemas['Roblox.LocalizationTables.Api.Translation'][];

    createdTime?: string;
  };
  'Roblox.LocalizationTables.Api.Error': {
    errorCode?: number;
    errorMessage?: string;
  };
  'Roblox.LocalizationTables.Api.Translation': {
    locale?: string;
    translationText?: string;
    translator?: Schemas['Roblox.LocalizationTables.Api.Translator'];

    updatedTime?: string;

    feedbackCount?: number;
  };
  'Roblox.LocalizationTables.Api.Translator': {
    id?: number;

    agentType?: 'User' | 'Automation' | (string & {});
  };
  'Roblox.LocalizationTables.Api.ModifiedEntry': {
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];
    translations?: Schemas['Roblox.LocalizationTables.Api.Translation'][];
  };
  'Roblox.LocalizationTables.Api.GetTableEntriesPagedResponse': {
    previousPageCursor?: string;
    nextPageCursor?: string;
    data?: Schemas['Roblox.LocalizationTables.Api.Entry'][];
  };
  'Roblox.LocalizationTables.Api.Entry': {
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];
    metadata?: Schemas['Roblox.LocalizationTables.Api.EntryMetadata'];
    translations?: Schemas['Roblox.LocalizationTables.Api.Translation'][];

    createdTime?: string;
  };
  'Roblox.LocalizationTables.Api.GetTableEntriesTranslationHistoryRequest': {
    locale?: string;
    entries?: Schemas['Roblox.LocalizationTables.Api.CursorEntryIdentifier'][];
  };
  'Roblox.LocalizationTables.Api.CursorEntryIdentifier': {
    cursor?: string;
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];

    count?: number;

    sortOrder?: 'Asc' | 'Desc' | (string & {});
  };
  'Roblox.LocalizationTables.Api.GetTableEntriesTranslationHistoryResponse': {
    tableId?: string;
    locale?: string;
    entries?: Schemas['Roblox.LocalizationTables.Api.EntryTranslationHistoryPaged'][];
    failedEntries?: Schemas['Roblox.LocalizationTables.Api.FailedEntryTranslationHistoryPaged'][];
  };
  'Roblox.LocalizationTables.Api.EntryTranslationHistoryPaged': {
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];
    history?: Schemas['Roblox.LocalizationTables.Api.TranslationHistory'][];
    nextCursor?: string;
  };
  'Roblox.LocalizationTables.Api.TranslationHistory': {
    translationText?: string;
    translator?: Schemas['Roblox.LocalizationTables.Api.Translator'];

    created?: string;
  };
  'Roblox.LocalizationTables.Api.FailedEntryTranslationHistoryPaged': {
    identifier?: Schemas['Roblox.LocalizationTables.Api.EntryIdentifier'];

    count?: number;
    error?: Schemas['Roblox.LocalizationTables.Api.Error'];
  };
  'Roblox.LocalizationTables.Api.GetTableEntryCountResponse': {
    id?: string;

    entryCount?: number;
  };
  'Roblox.Publish.Api.UploadResponse': {
    targetId?: number;
  };
  PublishRequest: {
    message?: string | null;
  };
  FilterField: 'EngineVersion' | 'PlaceVersion' | 'ALL' | (string & {});
  FilterOptionsResponse: {
    filters?: {
      [key: string]: Schemas['FilterFieldInfo'];
    } | null;
  };
  FilterFieldInfo: {
    field?: Schemas['FilterField'];
    type?: Schemas['FilterType'];
    values?: unknown[] | null;
  };
  FilterType: 'String' | 'Number' | (string & {});
  'ServerManagementService.ListGameServersResponse': {
    gameServers?: Schemas['ServerManagementService.GameServer'][] | null;
    nextPageToken?: string | null;
    previousPageToken?: string | null;

    totalCount?: number | null;
    shutdownServersFetchError?: boolean | null;
    activeServersFetchError?: boolean | null;
  };
  'ServerManagementService.GameServer': {
    placeId?: string | null;
    placeVersion?: string | null;
    jobId?: string | null;
    engineVersion?: string | null;

    createTime?: string;

    uptime?: string;

    memoryUsageBytes?: number;

    frameRate?: number | null;

    occupancy?: number;

    maxOccupancy?: number;
    type?: Schemas['ServerType'];
    full?: boolean;
    shutDown?: boolean;
    status?: Schemas['ServerStatus'];

    terminationTime?: string | null;
    playerIds?: number[] | null;
  };
  ServerType: 0 | 1 | 2 | 3 | 4 | 5;
  ServerStatus:
    | 'active'
    | 'shut_down'
    | 'restarted'
    | 'roblox_restarted'
    | 'crashed'
    | 'out_of_memory'
    | 'moderated'
    | 'pending'
    | 'unspecified'
    | (string & {});
  ListGameServerLogsResponse: {
    gameServerLogs?: Schemas['GameServerLog'][] | null;
    nextPageToken?: string | null;
  };
  GameServerLog: {
    messageTimestampMs?: string;

    universeId?: number;
    placeId?: string | null;
    placeVersion?: string | null;
    jobId?: string | null;
    severity?: Schemas['LogSeverity'];
    message?: string | null;
    stackTrace?: string | null;
    messageTemplate?: string | null;
    context?: string | null;

    skippedCount?: number;

    rateLimitedCount?: number;
  };
  LogSeverity: 0 | 1 | 2 | 3;
  ListRestartStatusesResponse: {
    restartStatuses?: {
      [key: string]: Schemas['RestartStatus'];
    } | null;
  };
  RestartStatus: {
    universeId?: string | null;

    scheduledTime?: string;

    startTime?: string;
    placeRestartStatuses?: {
      [key: string]: Schemas['PlaceRestartStatus'];
    } | null;
  };
  PlaceRestartStatus: {
    state?: Schemas['RestartState'];

    startTime?: string;

    endTime?: string | null;

    totalPlayers?: number;

    totalInstances?: number;

    remainingPlayers?: number;

    remainingInstances?: number;
    filter?: Schemas['PlaceFilter'] | null;
    latestVersion?: string | null;
  };
  RestartState: 'DELAYING' | 'RESTARTING' | 'SUCCEEDED' | (string & {});
  PlaceFilter: {
    versions?: number[] | null;
    excludeCurrentVersion?: boolean | null;
  };
  LaunchRestartRequest: {
    bleedOffDurationMinutes?: number | null;
    places?: {
      [key: string]: Schemas['PlaceFilter'];
    } | null;
    attributes?: unknown;
  };
  LaunchRestartResponse: {
    id?: string | null;

    playersImpacted?: number;

    instancesImpacted?: number;
  };
  ForecastRestartResponse: {
    placeForecasts?: {
      [key: string]: Schemas['PlaceSummaryForGameRestart'];
    } | null;
  };
  PlaceSummaryForGameRestart: {
    playersImpacted?: number;

    totalPlayers?: number;

    instancesImpacted?: number;

    totalInstances?: number;
    latestPlaceVersion?: string | null;

    publishTime?: string;
    isNotInUniverse?: boolean;
    playersPerVersion?: {
      [key: string]: number;
    } | null;
    instancesPerVersion?: {
      [key: string]: number;
    } | null;
  };
  PersonalizedConfigStatus: 'Active' | 'Inactive' | (string & {});
  ActionResult: Record<string, unknown>;
  CreateThumbnailPersonalizationRequest: {
    homepageThumbnailIds: string[];
  };
  UpdateThumbnailPersonalizationRequest: {
    homepageThumbnailIds: string[];
    id: string;
  };
  FindThumbnailsResponse: {
    homepageThumbnails: Schemas['HomepageThumbnail'][];
    nextCursor?: string | null;
  };
  HomepageThumbnail: {
    homepageThumbnailId: string;

    assetId: number;
    moderationStatus: Schemas['ThumbnailPersonalizationApi.ModerationStatus'];
    personalizedConfigStatus: Schemas['PersonalizedConfigStatus'];
    homepageThumbnailStatus: Schemas['HomepageThumbnailStatus'];
  };
  'ThumbnailPersonalizationApi.ModerationStatus': 'Reviewing' | 'Rejected' | 'Approved' | 'Unspecified' | (string & {});
  HomepageThumbnailStatus: 'Active' | 'Spammy' | (string & {});
  UploadThumbnailsResponse: {
    fileToOperationIdDict: {
      [key: string]: string | null;
    };
  };
  UploadThumbnailsStatusResponse: {
    uploadStatus: Schemas['UploadStatus'];
    uploadThumbnailStatusDict: {
      [key: string]: Schemas['UploadThumbnailStatus'];
    };
  };
  UploadStatus: 1 | 2;
  UploadThumbnailStatus: {
    homepageThumbnailId?: string | null;

    assetId?: number;
    moderationStatus?: Schemas['ThumbnailPersonalizationApi.ModerationStatus'];
  };
  SearchCategoryType: 'Audio' | 'Model' | 'Decal' | 'Plugin' | 'MeshPart' | 'Video' | 'FontFamily' | (string & {});
  SavesSortCategory:
    'Name' | 'Creator' | 'Ratings' | 'TargetType' | 'DateSaved' | 'LastModified' | 'Price' | (string & {});
  SortDirection: 'None' | 'Ascending' | 'Descending' | (string & {});
  GetSavesResponse: {
    totalCount: number;
    saves: Schemas['HydratedSave'][] | null;
  } | null;
  HydratedSave: {
    owned?: boolean;

    dateSaved?: string;
    creatorStoreAsset?: Schemas['CreatorStoreAsset'] | null;
  } | null;
  CreatorStoreAsset: {
    voting?: Schemas['VotingModel'] | null;
    creator?: Schemas['CreatorModelV2'] | null;
    creatorStoreProduct?: Schemas['ToolboxService.CreatorStoreProduct'] | null;
    asset?:
      | (
          | Schemas['ToolboxService.Asset']
          | Schemas['Audio']
          | Schemas['Decal']
          | Schemas['MeshPart']
          | Schemas['Model']
          | Schemas['Music']
          | Schemas['Plugin']
          | Schemas['SoundEffect']
        )
      | null;
  } | null;
  VotingModel: {
    showVotes?: boolean;

    upVotes?: number;

    downVotes?: number;
    canVote?: boolean;
    userVote?: boolean | null;
    readonly hasVoted?: boolean;

    voteCount?: number;

    upVotePercent?: number;
  } | null;
  CreatorModelV2: {
    creator?: string | null;

    userId?: number | null;

    groupId?: number | null;
    name?: string | null;
    verified?: boolean | null;

    latestGroupUpdaterUserId?: number | null;
    latestGroupUpdaterUserName?: string | null;
  } | null;
  'ToolboxService.CreatorStoreProduct': {
    purchasePrice?: Schemas['ToolboxService.Money'] | null;
    purchasable?: boolean;
  } | null;
  'ToolboxService.Money': {
    currencyCode?: string | null;
    quantity?: Schemas['ToolboxService.Decimal'] | null;
  } | null;
  'ToolboxService.Decimal': {
    significand?: number;

    exponent?: number;
  } | null;
  'ToolboxService.Asset': {
    id?: number;
    name?: string | null;
    description?: string | null;

    assetTypeId?: number | null;
    socialLinks?: Schemas['SocialLinkModel'][] | null;
    previewAssets?: Schemas['PreviewAssetsModel'] | null;

    createTime?: string | null;

    updateTime?: string | null;

    creatingUniverseId?: number | null;
    categoryPath?: string | null;
  } | null;
  SocialLinkModel: {
    linkType?: Schemas['LinkType'];
    url?: string | null;
    title?: string | null;
  } | null;
  LinkType: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
  PreviewAssetsModel: {
    imagePreviewAssets?: number[] | null;
    videoPreviewAssets?: number[] | null;
  } | null;
  Audio:
    | ({
        durationSeconds?: number;
        audioType?: Schemas['SearchAudioTypeModel'];
        artist?: string | null;
        title?: string | null;
      } & Schemas['ToolboxService.Asset'])
    | null;
  SearchAudioTypeModel: 'Music' | 'SoundEffect' | 'Unknown' | (string & {});
  Decal:
    | ({
        textureId?: number;
      } & Schemas['ToolboxService.Asset'])
    | null;
  MeshPart:
    | ({
        meshId?: number;

        textureId?: number;
      } & Schemas['ToolboxService.Asset'])
    | null;
  Model:
    | ({
        subTypes?: Schemas['ModelSubType'][] | null;
        hasScripts?: boolean;

        scriptCount?: number;
        objectMeshSummary?: Schemas['ObjectMeshSummary'] | null;
        instanceCounts?: Schemas['InstanceCounts'] | null;
        capabilities?: Schemas['CreatorStoreCapabilitiesModel'] | null;
      } & Schemas['ToolboxService.Asset'])
    | null;
  ModelSubType: 'Ad' | 'MaterialPack' | 'Package' | (string & {});
  ObjectMeshSummary: {
    triangles?: number;

    vertices?: number;
  } | null;
  InstanceCounts: {
    script?: number;

    meshPart?: number;

    animation?: number;

    decal?: number;

    audio?: number;

    tool?: number;
  } | null;
  CreatorStoreCapabilitiesModel: {
    shouldSandbox?: boolean;
  } | null;
  Music:
    | ({
        album?: string | null;
        genre?: string | null;
      } & Schemas['Audio'])
    | null;
  Plugin:
    | ({
        hasScripts?: boolean;

        scriptCount?: number;
      } & Schemas['ToolboxService.Asset'])
    | null;
  SoundEffect:
    | ({
        category?: string | null;
        subcategory?: string | null;
      } & Schemas['Audio'])
    | null;
  CreateSaveRequest: {
    targetType: Schemas['SearchCategoryType'];

    targetId: number;
    collectionName?: string | null;
  } | null;
  BulkDeleteSavesRequest: {
    targets: Schemas['DeleteSaveRequest'][] | null;
  } | null;
  DeleteSaveRequest: {
    targetType: Schemas['SearchCategoryType'];

    targetId: number;
    collectionName?: string | null;
  } | null;
  BulkDeleteSavesResponse: {
    deletedCount?: number;
  } | null;
  SortCategory:
    'Relevance' | 'Trending' | 'Top' | 'AudioDuration' | 'CreateTime' | 'UpdatedTime' | 'Ratings' | (string & {});
  ModelInstanceType: 'Script' | 'MeshPart' | 'Decal' | 'Animation' | 'Audio' | 'Tool' | (string & {});
  SearchView: 'IDs' | 'Core' | 'Full' | (string & {});
  MusicChartType: 'None' | 'Current' | 'Week' | 'Month' | 'Year' | (string & {});
  SearchCreatorStoreAssetsResponse: {
    nextPageToken?: string | null;
    queryFacets?: Schemas['QueryFacets'] | null;
    creatorStoreAssets?: Schemas['CreatorStoreAsset'][] | null;

    totalResults?: number;
    queryCorrection?: Schemas['QueryCorrection'] | null;
    filteredKeyword?: string | null;
  } | null;
  QueryFacets: {
    appliedFacets?: string[] | null;
    availableFacets?: string[] | null;
  } | null;
  QueryCorrection: {
    suggestedQuery?: string | null;
  } | null;
  SearchCreatorStoreAssetsRequest: {
    searchCategoryType?: Schemas['SearchCategoryType'] | null;
    query?: string | null;

    image?: string | null;

    userId?: number | null;

    groupId?: number | null;
    pageToken?: string | null;

    pageNumber?: number | null;

    maxPageSize?: number;
    sortDirection?: Schemas['SortDirection'];
    sortCategory?: Schemas['SortCategory'];
    includeOnlyVerifiedCreators?: boolean;

    minPriceCents?: number | null;

    maxPriceCents?: number | null;
    facets?: string[] | null;
    tags?: string[] | null;
    categoryPath?: string | null;
    swimlane?: string | null;
    searchView?: Schemas['SearchView'];
    audioSearchFilters?: Schemas['AudioSearchFilters'] | null;
    modelSearchFilters?: Schemas['ModelSearchFilters'] | null;
  } | null;
  AudioSearchFilters: {
    audioTypes?: Schemas['SearchAudioTypeModel'][] | null;

    minDurationSeconds?: number;

    maxDurationSeconds?: number | null;
    artist?: string | null;
    album?: string | null;
    musicChartType?: Schemas['MusicChartType'];
  } | null;
  ModelSearchFilters: {
    includedSubTypes?: Schemas['ModelSubType'][] | null;
    excludedSubTypes?: Schemas['ModelSubType'][] | null;
    includedInstanceTypes?: Schemas['ModelInstanceType'][] | null;
  } | null;
  GameEventResponse: {
    id?: string | null;
    title?: string | null;
    displayTitle?: string | null;
    subtitle?: string | null;
    displaySubtitle?: string | null;
    description?: string | null;
    displayDescription?: string | null;

    startTime?: string | null;

    endTime?: string | null;

    universeId?: number | null;

    placeId?: number | null;
    host?: Schemas['HostResponse'] | null;
    visibility?: Schemas['EventVisibility'] | null;
    featuringStatus?: Schemas['FeaturingStatus'] | null;
    tagline?: string | null;
    categories?: Schemas['CategoryResponse'][] | null;
    thumbnails?: Schemas['ThumbnailResponse'][] | null;
    allThumbnailsCreated?: boolean | null;
    config?: Schemas['ConfigResponse'] | null;
    userRsvpStatus?: Schemas['RsvpStatus'] | null;

    createTime?: string | null;

    updateTime?: string | null;
  };
  HostResponse: {
    hostType?: Schemas['HostType'];

    hostId?: number;
    hostName?: string | null;
    hasVerifiedBadge?: boolean | null;
  };
  HostType: 'user' | 'group' | (string & {});
  EventVisibility: 'private' | 'public' | 'moderated' | (string & {});
  FeaturingStatus: 'invalid' | 'enabled' | 'disabled' | (string & {});
  CategoryResponse: {
    category?: Schemas['EventCategory'];

    rank?: number;
  };
  EventCategory:
    | 'contentUpdate'
    | 'locationUpdate'
    | 'systemUpdate'
    | 'activity'
    | 'newContent'
    | 'itemDrop'
    | 'newSeason'
    | 'newLocation'
    | 'newMap'
    | 'moreLevels'
    | 'newFeature'
    | 'earlyAccess'
    | 'expansion'
    | 'challenge'
    | 'quest'
    | 'festival'
    | (string & {});
  ThumbnailResponse: {
    mediaId?: number;

    rank?: number;
  };
  ConfigResponse: {
    recurrence?: string | null;

    recurrenceEndTime?: string | null;
    notificationAudience?: Schemas['EventNotificationAudience'];
  };
  EventNotificationAudience: 'all' | 'rsvp' | 'subscribed' | 'group' | 'none' | (string & {});
  RsvpStatus: 'none' | 'going' | 'maybeGoing' | 'notGoing' | (string & {});
  UpdateGameEventRequest: {
    title?: string | null;
    subtitle?: string | null;
    description?: string | null;

    startTime?: string | null;

    endTime?: string | null;
    visibility?: Schemas['EventVisibility'] | null;

    placeId?: number | null;
    categories?: Schemas['EventRankedCategory'][] | null;
    thumbnails?: Schemas['EventMedia'][] | null;
    config?: Schemas['UpdateGameEventConfigRequest'] | null;
    featuringStatus?: Schemas['FeaturingStatus'] | null;
    tagline?: string | null;
  };
  EventRankedCategory: {
    category?: Schemas['EventCategory'];

    rank?: number;
  };
  EventMedia: {
    mediaId?: number;

    rank?: number;
  };
  UpdateGameEventConfigRequest: {
    recurrence?: string | null;

    recurrenceEndTime?: string | null;
    notificationAudience?: Schemas['EventNotificationAudience'] | null;
  };
  PaginatedGameEventsResponse: {
    gameEvents?: Schemas['GameEventResponse'][] | null;
    nextPageToken?: string | null;
    previousPageToken?: string | null;
  };
  CreateGameEventRequest: {
    title?: string | null;
    subtitle?: string | null;
    description?: string | null;

    startTime?: string | null;

    endTime?: string | null;
    visibility?: Schemas['EventVisibility'] | null;

    groupId?: number | null;

    placeId?: number | null;
    categories?: Schemas['EventRankedCategory'][] | null;
    thumbnails?: Schemas['EventMedia'][] | null;
    config?: Schemas['CreateGameEventConfigRequest'] | null;
    featuringStatus?: Schemas['FeaturingStatus'] | null;
    tagline?: string | null;
  };
  CreateGameEventConfigRequest: {
    recurrence?: string | null;

    recurrenceEndTime?: string | null;
    notificationAudience?: Schemas['EventNotificationAudience'] | null;
  };
}
